"""Comments in the pages, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entrypoints.container import Container
from tests.functional.browser import Browser
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UserId

HTML = {"Accept": "text/html"}


@pytest.fixture
def watch(anna: Browser, store_video: Callable[..., Any]) -> str:
    return f"/watch/{store_video(anna, duration=90.0).id}"


def open_(browser: Browser, path: str, status: int = 200) -> Any:
    return browser.http.get(path, headers=HTML, status=status)


def say(browser: Browser, page: Any, text: str, **fields: str) -> Any:
    """Fill in the form for a comment, or a reply, and follow where it leads."""
    form = next(f for f in page.forms.values() if "comment-form" in f.text.split(">")[0])
    form["text"] = text
    for name, value in fields.items():
        form[name] = value
    return form.submit(headers=HTML).follow(headers=HTML)


def test_what_is_said_is_shown_and_can_be_answered(
    anna: Browser, boris: Browser, watch: str
) -> None:
    page = say(boris, open_(boris, watch), "Смотри 0:05\n<b>да</b>", at="1:01.5")
    assert "comment=" in page.request.query_string
    assert "&lt;b&gt;да&lt;/b&gt;" in page.text
    assert page.html is not None
    item = page.html.select_one("li.comment")
    assert item.select_one(".comment__author").text == "boris"
    assert [a["data-seconds"] for a in item.select("a.time-code")] == ["61.5", "5"]
    thread = open_(anna, item.select_one("[data-open-thread]")["href"])
    page = say(anna, thread, "Вижу")
    replies = page.html.select("[data-replies] li.comment")
    assert [reply.select_one(".comment__text").text for reply in replies] == ["Вижу"]
    assert replies[0].select_one(".badge").text == "Author of the video"
    # The address of a reply shows its thread, wherever it is in the list.
    assert page.html.select_one(".comments__count").text == "2"


def test_an_author_edits_and_deletes(anna: Browser, boris: Browser, watch: str) -> None:
    page = say(boris, open_(boris, watch), "один")
    edit = page.html.select_one("[data-edit-comment]")["href"]
    delete = page.html.select_one("[data-delete-comment]")["href"]
    open_(anna, edit, status=403)
    open_(anna, delete)
    page = say(boris, open_(boris, edit), "два")
    assert "edited" in page.text
    confirm = open_(boris, delete)
    form = next(f for f in confirm.forms.values() if "data-delete-form" in f.text)
    page = form.submit(headers=HTML).follow(headers=HTML)
    assert page.html.select("li.comment") == []
    assert "Nobody has said anything yet" in page.text
    open_(boris, edit, status=404)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": " "}, "Write something first."),
        ({"text": "a", "at": "50:00"}, "The video is not that long."),
        ({"text": "a", "at": "soon"}, "Write a time such as 1:23."),
        ({"text": "a", "reply_to": "nothing000000000"}, "There is no such comment"),
        ({"text": "a", "reply_to": "?"}, "There is no such comment"),
    ],
)
def test_what_is_wrong_is_said(
    boris: Browser, watch: str, fields: dict[str, str], says: str
) -> None:
    sent = {"csrf_token": boris.token(), **fields}
    answer = boris.http.post(f"{watch}/comments", sent, headers=HTML, status=400)
    assert says in answer.text
    assert boris.get(f"/api/v1/videos/{watch[7:]}/comments").json["items"] == []


def test_a_stranger_is_asked_to_sign_in(stranger: Browser, boris: Browser, watch: str) -> None:
    say(boris, open_(boris, watch), "один")
    page = open_(stranger, watch)
    assert page.html.select("form.comment-form") == []
    link = page.html.select_one(".comments__sign-in a")["href"]
    assert "return_to=" in link
    assert "comments" in link
    sent = {"csrf_token": stranger.token(), "text": "a"}
    answer = stranger.http.post(f"{watch}/comments", sent, headers=HTML, status=303)
    assert "/auth/login" in answer.headers["Location"]


def test_more_of_them_are_behind_a_link(
    anna: Browser, boris: Browser, watch: str, container: Container
) -> None:
    for number in range(25):
        container.add_comment()(
            actor=Actor(UserId(boris.id)), video_id=watch[7:], text=f"n{number}"
        )
    page = open_(anna, watch)
    shown = [p.text for p in page.html.select(".comment__text")]
    assert shown == [f"n{number}" for number in range(24, 4, -1)]
    rest = open_(anna, page.html.select_one("[data-comments] [data-load-more]")["href"])
    assert [p.text for p in rest.html.select(".comment__text")] == [
        f"n{number}" for number in range(4, -1, -1)
    ]
    # One that is not on the first page is shown by its own address.
    oldest = rest.html.select("li.comment")[-1]["id"].removeprefix("comment-")
    page = open_(anna, f"{watch}?comment={oldest}")
    assert page.html.select_one("li.comment")["id"] == f"comment-{oldest}"


def test_the_owner_turns_comments_off(anna: Browser, boris: Browser, watch: str) -> None:
    say(boris, open_(boris, watch), "один")
    form = next(
        f
        for f in open_(anna, f"/studio/{watch[7:]}").forms.values()
        if "comments_allowed" in f.fields
    )
    assert form["comments_allowed"].checked
    form["comments_allowed"].checked = False
    form.submit(headers=HTML).follow(headers=HTML)
    page = open_(boris, watch)
    assert "Comments on this video are turned off." in page.text
    assert len(page.html.select("li.comment")) == 1
    assert page.html.select("form.comment-form") == []
    sent = {"csrf_token": boris.token(), "text": "a"}
    boris.http.post(f"{watch}/comments", sent, headers=HTML, status=403)
