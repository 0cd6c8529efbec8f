"""Reports, what comes of them, and videos that moderators hide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from tests.functional.browser import Browser, problem
from tests.functional.test_governing_api import somebody
from videohub_core.shared.actor import Role
from videohub_core.videos.entities import Visibility

Store = Callable[..., Any]
REPORTS = "/api/v1/reports"
QUEUE = "/api/v1/moderation/reports"


@pytest.fixture
def keeper(app: Router, container: Container) -> Browser:
    """A moderator."""
    return somebody(app, container, "keeper", Role.MODERATOR)


def report(browser: Browser, subject: Any, status: int = 202, **given: Any) -> Any:
    body = {"kind": "video", "id": subject.id, "reason": "spam", **given}
    return browser.send("POST", REPORTS, body, status=status)


def hide(browser: Browser, video: Any, status: int = 204, reason: str = "Not ours") -> Any:
    path = f"/api/v1/moderation/videos/{video.id}/hidden"
    return browser.send("PUT", path, {"reason": reason}, status=status)


def waiting(browser: Browser, state: str = "open") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = browser.get(f"{QUEUE}?state={state}").json["items"]
    return items


def test_a_report_waits_until_it_is_decided(
    anna: Browser, boris: Browser, keeper: Browser, store_video: Store
) -> None:
    video = store_video(anna, title="Узлы")
    report(boris, video, text="Not what it says")
    report(boris, anna, kind="user", reason="abuse")
    of_anna, of_video = waiting(keeper)
    assert of_video["subject"] == {"kind": "video", "id": video.id, "display_name": "Узлы"}
    assert of_video["reporter"]["id"] == boris.id
    assert (of_video["reason"], of_video["text"]) == ("spam", "Not what it says")
    assert of_anna["subject"]["id"] == anna.id
    decided = keeper.send(
        "PATCH", f"{QUEUE}/{of_video['id']}", {"state": "dismissed", "note": "It is"}
    ).json
    assert (decided["state"], decided["note"]) == ("dismissed", "It is")
    assert decided["decided_by"]["id"] == keeper.id
    assert [one["id"] for one in waiting(keeper)] == [of_anna["id"]]
    assert [one["id"] for one in waiting(keeper, "dismissed")] == [of_video["id"]]


def test_one_decision_is_for_all_reports_of_the_same_thing(
    anna: Browser, boris: Browser, keeper: Browser, store_video: Store
) -> None:
    video, other = store_video(anna), store_video(anna)
    report(boris, video)
    report(anna, video)
    report(boris, other)
    chosen = next(one for one in waiting(keeper) if one["subject"]["id"] == video.id)
    keeper.send("PATCH", f"{QUEUE}/{chosen['id']}", {"state": "resolved"})
    assert [one["subject"]["id"] for one in waiting(keeper)] == [other.id]
    assert len(waiting(keeper, "resolved")) == 2


def test_reporting_again_says_what_was_said_last(
    anna: Browser, boris: Browser, keeper: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    report(boris, video, text="first")
    report(boris, video, text="second", reason="other")
    (only,) = waiting(keeper)
    assert (only["text"], only["reason"]) == ("second", "other")
    keeper.send("PATCH", f"{QUEUE}/{only['id']}", {"state": "dismissed"})
    report(boris, video, text="third")
    (only,) = waiting(keeper)
    assert (only["text"], only["state"], only["decided_by"]) == ("third", "open", None)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"kind": "planet"}, "/kind"),
        ({"reason": "because"}, "/reason"),
        ({"id": "../.."}, "/id"),
        ({"text": "x" * 2001}, "/text"),
        ({"text": "\0"}, "/text"),
    ],
)
def test_wrong_reports_are_refused(
    anna: Browser, keeper: Browser, store_video: Store, given: dict[str, Any], pointer: str
) -> None:
    answer = report(anna, store_video(anna), status=400, **given)
    document = problem(answer, "validation_failed")
    assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert waiting(keeper) == []


def test_what_cannot_be_seen_cannot_be_reported(
    anna: Browser, boris: Browser, store_video: Store
) -> None:
    private = store_video(anna, visibility=Visibility.PRIVATE)
    problem(report(boris, private, status=404), "no_such_video")
    private.id = "nothing000000000"
    problem(report(boris, private, status=404), "no_such_video")
    problem(report(boris, private, kind="user", status=404), "no_such_user")


def test_a_hidden_video_is_seen_by_its_owner_and_moderators_alone(
    anna: Browser, boris: Browser, stranger: Browser, keeper: Browser, store_video: Store
) -> None:
    video = store_video(anna, title="Hideous", tags=["knots"])
    address = f"/api/v1/videos/{video.id}"
    addresses = [address, f"/watch/{video.id}", f"{address}/captions"]
    lists = ["/api/v1/videos", f"/api/v1/channels/{video.channel_id}/videos"]
    lists += ["/api/v1/search/videos?q=hideous", "/api/v1/videos?tag=knots"]

    def listed() -> list[int]:
        return [len(stranger.get(path).json["items"]) for path in lists]

    anna.send("PATCH", address, {"tags": ["knots"], "description": "hideous"})
    assert listed() == [1, 1, 1, 1]
    hide(boris, video, status=403)
    for _ in range(2):
        hide(keeper, video)
    assert listed() == [0, 0, 0, 0]
    for path in addresses:
        stranger.get(path, status=404)
        boris.get(path, status=404)
        keeper.get(path)
        anna.get(path)
    assert anna.get(address).json["hidden"]["reason"] == "Not ours"
    keeper.send("DELETE", f"/api/v1/moderation/videos/{video.id}/hidden", status=204)
    assert listed() == [1, 1, 1, 1]
    assert stranger.get(address).json["hidden"] is None


def test_hiding_is_in_the_audit_log(anna: Browser, keeper: Browser, store_video: Store) -> None:
    video = store_video(anna, title="Узлы")
    hide(keeper, video)
    keeper.send("DELETE", f"/api/v1/moderation/videos/{video.id}/hidden", status=204)
    keeper.send("DELETE", f"/api/v1/moderation/videos/{video.id}/hidden", status=204)
    unhidden, hidden = keeper.get("/api/v1/moderation/audit").json["items"][:2]
    assert (hidden["action"], hidden["detail"]) == ("hide_video", "Not ours")
    assert unhidden["action"] == "unhide_video"
    subject = {"kind": "video", "id": video.id, "display_name": "Узлы"}
    assert hidden["subject"] == unhidden["subject"] == subject


def test_an_owner_cannot_show_what_is_hidden(
    anna: Browser, stranger: Browser, keeper: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    hide(keeper, video)
    address = f"/api/v1/videos/{video.id}"
    problem(anna.send("PATCH", address, {"hidden": None}, status=400), "unknown_field")
    anna.send("PATCH", address, {"visibility": "private"})
    anna.send("PATCH", address, {"visibility": "public"})
    stranger.get(address, status=404)
    anna.send("DELETE", f"/api/v1/moderation/videos/{video.id}/hidden", status=403)
    assert stranger.get("/api/v1/videos").json["items"] == []


def test_reports_go_with_whoever_made_them_and_outlive_what_they_are_about(
    anna: Browser, boris: Browser, keeper: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    report(boris, video)
    report(anna, video)
    anna.send("DELETE", f"/api/v1/videos/{video.id}", status=204)
    assert {one["subject"]["display_name"] for one in waiting(keeper)} == {None}
    boris.send("DELETE", "/api/v1/me", {"password": "long enough"}, status=204)
    assert [one["reporter"]["id"] for one in waiting(keeper)] == [anna.id]


def test_a_comment_is_reported_while_it_is_there(
    anna: Browser, boris: Browser, keeper: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    path = f"/api/v1/videos/{video.id}/comments"
    said = anna.send("POST", path, {"text": "Купите узлы " * 40}, status=201).json
    body = {"kind": "comment", "id": said["id"], "reason": "spam"}
    boris.send("POST", REPORTS, body, status=202)
    (only,) = waiting(keeper)
    assert only["kind"] == "comment"
    assert only["subject"]["display_name"].startswith("Купите узлы")
    assert len(only["subject"]["display_name"]) <= 200
    page = keeper.get("/moderation/reports")
    assert page.html.select_one(f"a[href='/watch/{video.id}?comment={said['id']}']")
    assert boris.get(f"/report/comment/{said['id']}").forms["report"]
    anna.send("DELETE", f"/api/v1/comments/{said['id']}", status=204)
    problem(boris.send("POST", REPORTS, body, status=404), "no_such_comment")
    (only,) = waiting(keeper)
    assert only["subject"]["display_name"] is None


def test_a_reported_video_cannot_be_made_private_for_moderators(
    anna: Browser, boris: Browser, keeper: Browser, store_video: Any
) -> None:
    video = store_video(anna)
    report(boris, video)
    anna.send("PATCH", f"/api/v1/videos/{video.id}", {"visibility": "private"})
    boris.get(f"/api/v1/videos/{video.id}", 404)
    keeper.get(f"/api/v1/videos/{video.id}", 200)
    keeper.get(f"/watch/{video.id}", 200)
    hidden = f"/api/v1/moderation/videos/{video.id}/hidden"
    keeper.send("PUT", hidden, {"reason": "Spam"}, 204)
    path = f"/api/v1/moderation/reports/{waiting(keeper)[0]['id']}"
    keeper.send("PATCH", path, {"state": "resolved"})
    keeper.send("DELETE", hidden, None, 204)
    # Nothing waits to be decided: it is its owner's alone again.
    keeper.get(f"/api/v1/videos/{video.id}", 404)
    keeper.send("PUT", hidden, {"reason": "Spam"}, 404)
