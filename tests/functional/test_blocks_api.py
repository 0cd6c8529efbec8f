"""The block list over the API, and the comments that it hides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from tests.functional.browser import Browser, problem
from videohub_core.blocks.use_cases import block_user
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UserId

StoreVideo = Callable[..., Any]

BLOCKS = "/api/v1/me/blocks"
NOBODY = "0" * 16


@pytest.fixture
def clara(app: Router) -> Browser:
    browser = Browser(app).register("clara")
    browser.sign_in("clara")
    return browser


def say(browser: Browser, path: str, text: str, **given: Any) -> str:
    return str(browser.send("POST", path, {"text": text, **given}, status=201).json["id"])


def texts(browser: Browser, path: str) -> list[str]:
    """Return what is listed, a page at a time."""
    found, cursor = [], ""
    while True:
        page = browser.get(f"{path}{'&' if '?' in path else '?'}limit=2{cursor}").json
        found += [comment["text"] for comment in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_blocking_and_unblocking(anna: Browser, boris: Browser, clara: Browser) -> None:
    for other in (boris, clara, boris):
        anna.send("PUT", f"{BLOCKS}/{other.id}", status=204)
    first = anna.get(f"{BLOCKS}?limit=1").json
    second = anna.get(f"{BLOCKS}?limit=1&cursor={first['next_cursor']}").json
    found = [*first["items"], *second["items"]]
    assert [one["user"]["display_name"] for one in found] == ["clara", "boris"]
    profile = anna.get(f"/api/v1/users/{boris.id}").json
    assert found[1]["user"] == profile, "nothing that is not everybody's"
    assert second["next_cursor"] is None
    assert boris.get(BLOCKS).json["items"] == []
    for _ in range(2):
        anna.send("DELETE", f"{BLOCKS}/{clara.id}", status=204)
    assert [one["user"]["id"] for one in anna.get(BLOCKS).json["items"]] == [boris.id]


def test_what_is_refused_changes_nothing(
    anna: Browser, boris: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem(anna.send("PUT", f"{BLOCKS}/{anna.id}", status=409), "not_yourself")
    for method in ("PUT", "DELETE"):
        answer = anna.send(method, f"{BLOCKS}/{NOBODY}?x=1", status=404)
        problem(answer, "no_such_user")
        answer = anna.send(method, f"{BLOCKS}/{boris.id}?x=1", status=400)
        problem(answer, "unknown_field")
    problem(anna.http.put(f"{BLOCKS}/{boris.id}", status=403), "csrf_failed")
    monkeypatch.setattr(block_user, "BLOCKED_MOST", 0)
    problem(anna.send("PUT", f"{BLOCKS}/{boris.id}", status=409), "too_many_blocks")
    assert anna.get(BLOCKS).json["items"] == []


def test_comments_by_who_is_blocked_are_hidden_from_who_blocked_them(
    anna: Browser,
    boris: Browser,
    clara: Browser,
    stranger: Browser,
    store_video: StoreVideo,
) -> None:
    path = f"/api/v1/videos/{store_video(clara).id}/comments"
    root = say(clara, path, "1")
    for browser, text in ((boris, "2"), (anna, "3"), (boris, "4"), (clara, "5")):
        say(browser, path, text)
        say(browser, path, f"re {text}", reply_to=root)
    anna.send("PUT", f"{BLOCKS}/{boris.id}", status=204)
    replies = f"{path}?reply_to={root}"
    assert texts(anna, path) == ["5", "3", "1"]
    assert texts(anna, f"{path}?sort=created") == ["1", "3", "5"]
    assert texts(anna, replies) == ["re 5", "re 3"]
    for other in (boris, clara, stranger):
        assert texts(other, path) == ["5", "4", "3", "2", "1"]
        assert texts(other, replies) == ["re 5", "re 4", "re 3", "re 2"]
    anna.send("DELETE", f"{BLOCKS}/{boris.id}", status=204)
    assert texts(anna, path) == ["5", "4", "3", "2", "1"]


def test_the_list_is_exported_and_goes_with_who_is_on_it(
    container: Container, anna: Browser, boris: Browser
) -> None:
    anna.send("PUT", f"{BLOCKS}/{boris.id}", status=204)
    exported = container.export_account()(actor=Actor(UserId(anna.id)))
    assert [one.user.id for page in exported.blocks for one in page] == [boris.id]
    of_boris = container.export_account()(actor=Actor(UserId(boris.id)))
    assert [list(page) for page in of_boris.blocks] == [[]]
    boris.send("DELETE", "/api/v1/me", {"password": "long enough"}, status=204)
    assert anna.get(BLOCKS).json["items"] == []
