"""Comments over the API."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from entrypoints.container import Container
from tests.functional.browser import Browser, problem
from tests.functional.test_manners import set_rate
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import UserId
from videohub_core.shared.rate_limit import Rate
from videohub_core.videos.entities import Visibility


@pytest.fixture
def path(anna: Browser, store_video: Callable[..., Any]) -> str:
    return f"/api/v1/videos/{store_video(anna).id}/comments"


def say(browser: Browser, path: str, text: str = "Да", **given: Any) -> Any:
    return browser.send("POST", path, {"text": text, **given}, status=201)


def test_a_comment_has_the_shape_of_the_contract(
    anna: Browser, boris: Browser, stranger: Browser, path: str
) -> None:
    answer = say(boris, path, " Второй узел\n", media_time=1.5)
    made = answer.json
    assert answer.headers["Location"].endswith(f"/api/v1/comments/{made['id']}")
    assert made["user"]["display_name"] == "boris"
    assert set(made["user"]) == {"id", "display_name", "channel"}
    assert (made["text"], made["media_time"], made["reply_to"]) == ("Второй узел", 1.5, None)
    assert made["video"] == {"id": path.split("/")[4]}
    assert made["viewer"] == {"can_edit": True, "can_delete": True}
    one = f"/api/v1/comments/{made['id']}"
    assert anna.get(one).json["viewer"] == {"can_edit": False, "can_delete": True}
    assert stranger.get(one).json["viewer"] == {"can_edit": False, "can_delete": False}
    assert stranger.get(path).json["items"] == [stranger.get(one).json]
    video = anna.get(path.removesuffix("/comments")).json
    assert video["counters"]["comments"] == 1


def test_pages_threads_and_tombstones(anna: Browser, boris: Browser, path: str) -> None:
    first, second, third = (say(boris, path, str(n)).json["id"] for n in range(3))
    reply = say(anna, path, reply_to=first).json
    assert reply["reply_to"] == first
    page = anna.get(f"{path}?limit=2")
    assert [item["id"] for item in page.json["items"]] == [third, second]
    rest = anna.get(f"{path}?limit=2&cursor={page.json['next_cursor']}").json
    assert [(item["id"], item["replies"]) for item in rest["items"]] == [(first, 1)]
    oldest = anna.get(f"{path}?sort=created").json["items"]
    assert [item["id"] for item in oldest] == [first, second, third]
    thread = anna.get(f"{path}?reply_to={first}").json["items"]
    assert [item["id"] for item in thread] == [reply["id"]]
    boris.send("DELETE", f"/api/v1/comments/{first}", status=204)
    left = anna.get(f"/api/v1/comments/{first}").json
    assert (left["deleted"], left["text"], left["user"]) == (True, "", None)
    answer = boris.send("DELETE", f"/api/v1/comments/{first}", status=404)
    problem(answer, "no_such_comment")
    wrong = anna.send("POST", path, {"text": "a", "reply_to": reply["id"]}, status=400).json
    assert (wrong["errors"][0]["pointer"], wrong["errors"][0]["code"]) == (
        "/reply_to",
        "reply_to_reply",
    )


def test_an_edit_is_marked_and_kept(anna: Browser, boris: Browser, path: str) -> None:
    answer = say(boris, path, "один")
    one = answer.headers["Location"]
    tag = boris.get(one).headers["ETag"]
    boris.send("PATCH", one, {"text": "два"}, status=412, If_Match='"old"')
    changed = boris.send("PATCH", one, {"text": "два"}, If_Match=tag).json
    assert changed["text"] == "два"
    assert changed["edited_at"] is not None
    boris.send("DELETE", one, status=412, If_Match=tag)
    same = boris.send("PATCH", one, {}).json
    assert same["edited_at"] == changed["edited_at"]
    versions = boris.get(f"{one}/history").json["items"]
    assert [version["text"] for version in versions] == ["один"]
    problem(anna.get(f"{one}/history", status=403), "not_allowed")
    problem(anna.send("PATCH", one, {"text": "x"}, status=403), "not_your_comment")


def test_where_comments_are_off_nobody_adds_one(
    anna: Browser, boris: Browser, path: str
) -> None:
    say(boris, path)
    anna.send("PATCH", path.removesuffix("/comments"), {"comments_allowed": False})
    for browser in (anna, boris):
        # Before what is wrong with the input.
        problem(browser.send("POST", path, {"colour": 1}, status=403), "comments_off")
    assert len(boris.get(path).json["items"]) == 1


def test_a_hidden_videos_comments_are_not_there(
    anna: Browser, boris: Browser, stranger: Browser, store_video: Callable[..., Any]
) -> None:
    path = f"/api/v1/videos/{store_video(anna, visibility=Visibility.PRIVATE).id}/comments"
    one = say(anna, path).headers["Location"]
    missing = boris.get("/api/v1/comments/nothing000000000", status=404).json
    hidden = boris.get(one, status=404).json
    assert {**hidden, "request_id": ""} == {**missing, "request_id": ""}
    problem(stranger.get(path, status=404), "no_such_video")
    problem(boris.send("POST", path, {"text": "a"}, status=404), "no_such_video")


def test_the_same_key_comments_once(boris: Browser, path: str) -> None:
    first, again = (
        boris.send("POST", path, {"text": "a"}, status=201, Idempotency_Key="k")
        for _ in range(2)
    )
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(boris.get(path).json["items"]) == 1
    answer = boris.send("POST", path, {"text": "b"}, status=422, Idempotency_Key="k")
    problem(answer, "idempotency_key_reused")


def test_too_many_comments_wait(container: Container, boris: Browser, path: str) -> None:
    set_rate(container, "comment", Rate(2, 60))
    one = say(boris, path).headers["Location"]
    boris.send("PATCH", one, {"text": "b"})
    answer = boris.send("POST", path, {"text": "a"}, status=429)
    assert int(answer.headers["Retry-After"]) > 0
    boris.get(path)


def test_counters_are_exact_under_concurrency(
    container: Container, anna: Browser, boris: Browser, path: str
) -> None:
    video_id = path.split("/")[4]
    people = [Actor(UserId(browser.id)) for browser in (anna, boris)]
    root = container.add_comment()(actor=people[0], video_id=video_id, text="корень").id

    def act(number: int) -> int:
        actor = people[number % 2]
        for _ in range(50):
            try:
                made = container.add_comment()(
                    actor=actor,
                    video_id=video_id,
                    text=str(number),
                    reply_to=root if number % 3 else None,
                ).id
                break
            except Unavailable:
                continue
        if number % 4:
            return 1
        container.delete_comment()(actor=actor, comment_id=made)
        return 0

    with ThreadPoolExecutor(8) as threads:
        left = sum(threads.map(act, range(40)))
    assert container.video_reader().get(video_id).comments == left + 1
    replies = len([n for n in range(40) if n % 3 and n % 4])
    assert container.comment_reader().get(root).replies == replies
