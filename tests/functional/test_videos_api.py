"""Lists, one video, editing and deleting over the API."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import NOW
from tests.functional.browser import Browser, problem
from videohub_core.videos.entities import ProcessingState, Visibility

Store = Callable[..., Any]


def made_up(at: str) -> str:
    return base64.urlsafe_b64encode(f'["{at}","a"]'.encode()).decode().rstrip("=")


def test_the_empty_list(stranger: Browser) -> None:
    assert stranger.get("/api/v1/videos").json == {"items": [], "next_cursor": None}


def test_pages_follow_the_link_header(
    stranger: Browser, anna: Browser, store_video: Store
) -> None:
    made = [
        store_video(anna, published_at=NOW + timedelta(seconds=n), title=f"Узел {n}")
        for n in range(5)
    ]
    seen: list[str] = []
    address = "/api/v1/videos?limit=2"
    while address:
        answer = stranger.get(address)
        seen += [item["id"] for item in answer.json["items"]]
        link = answer.headers.get("Link", "")
        assert ('rel="next"' in link) == (answer.json["next_cursor"] is not None)
        address = link.partition("<")[2].partition(">")[0]
    assert seen == [video.id for video in reversed(made)]


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("limit=0", "validation_failed", "/limit"),
        ("limit=101", "validation_failed", "/limit"),
        ("limit=x", "validation_failed", "/limit"),
        ("limit=1&limit=2", "validation_failed", "/limit"),
        ("cursor=nonsense", "validation_failed", "/cursor"),
        ("cursor=%00", "validation_failed", "/cursor"),
        (f"cursor={made_up('2026-01-01T00:00:00+00:00')}", "validation_failed", "/cursor"),
        ("sort=title", "validation_failed", "/sort"),
        ("channel=..", "validation_failed", "/channel"),
        ("colour=red", "unknown_field", "/colour"),
        ("tag=", "validation_failed", "/tag"),
        ("tag=" + "a" * 51, "validation_failed", "/tag"),
        ("tag=a%09b", "validation_failed", "/tag"),
    ],
)
def test_wrong_queries(stranger: Browser, query: str, code: str, pointer: str) -> None:
    document = problem(stranger.get(f"/api/v1/videos?{query}", status=400), code)
    assert [error["pointer"] for error in document["errors"]] == [pointer]


def test_a_query_that_is_not_utf8_is_refused(stranger: Browser) -> None:
    problem(stranger.get("/api/v1/videos?cursor=%ff", status=400), "malformed_input")


def test_a_video_has_the_shape_of_the_contract(
    stranger: Browser, anna: Browser, store_video: Store
) -> None:
    video = store_video(anna, tags=["узлы"], description="Ё")
    found = stranger.get(f"/api/v1/videos/{video.id}").json
    assert found["upload_date"] == "2026-01-02T03:04:05.678901Z"
    assert found["tags"] == ["узлы"]
    assert found["viewer"] == {"liked": False, "subscribed": False, "can_edit": False}
    assert found["counters"] == {"views": 0, "likes": 0, "comments": 0}
    assert found["processing"]["state"] == "ready"
    assert anna.get(f"/api/v1/videos/{video.id}").json["viewer"]["can_edit"]


def test_private_missing_and_unfinished_look_alike_to_others(
    stranger: Browser, anna: Browser, boris: Browser, store_video: Store
) -> None:
    hidden = [
        store_video(anna, visibility=Visibility.PRIVATE).id,
        store_video(anna, state=ProcessingState.PROBING, published_at=None).id,
        store_video(anna, state=ProcessingState.FAILED, published_at=None).id,
        "nothing000000000",
    ]
    for browser in (stranger, boris):
        answers = [browser.get(f"/api/v1/videos/{id_}", status=404) for id_ in hidden]
        bodies = [{**problem(a, "no_such_video"), "request_id": ""} for a in answers]
        assert all(body == bodies[0] for body in bodies)
    for id_ in hidden[:3]:
        anna.get(f"/api/v1/videos/{id_}")


@pytest.mark.parametrize("id_", ["x", "../../etc/passwd", "a" * 17, "a%00aaaaaaaaaaaaaa"])
def test_what_is_no_id_is_no_address(stranger: Browser, id_: str) -> None:
    problem(stranger.get(f"/api/v1/videos/{id_}", status=404), "no_such_address")
    answer = stranger.http.delete(f"/api/v1/videos/{id_}", status=404)
    problem(answer, "no_such_address")


def test_a_path_that_is_not_utf8_is_no_address(stranger: Browser) -> None:
    problem(stranger.get("/api/v1/videos/%ff", status=404), "no_such_address")


def test_mine_are_there_in_every_state(
    anna: Browser, boris: Browser, stranger: Browser, store_video: Store
) -> None:
    for state in ProcessingState:
        store_video(anna, state=state, visibility=Visibility.PRIVATE)
    mine = anna.get("/api/v1/me/videos").json["items"]
    assert {item["processing"]["state"] for item in mine} == {s.value for s in ProcessingState}
    assert boris.get("/api/v1/me/videos").json["items"] == []
    problem(stranger.get("/api/v1/me/videos", status=401), "unauthenticated")


def test_a_channel_has_its_public_videos(
    stranger: Browser, anna: Browser, boris: Browser, store_video: Store
) -> None:
    shown = store_video(anna)
    store_video(anna, visibility=Visibility.UNLISTED)
    store_video(boris)
    channel = anna.get("/api/v1/me").json["channel"]["id"]
    for address in (f"/api/v1/channels/{channel}/videos?", f"/api/v1/videos?channel={channel}"):
        assert [item["id"] for item in stranger.get(address).json["items"]] == [shown.id]
    problem(stranger.get("/api/v1/channels/nothing000000000", status=404), "no_such_channel")


def test_the_owner_edits_what_they_name(anna: Browser, store_video: Store) -> None:
    video = store_video(anna, description="Old", tags=["old"])
    path = f"/api/v1/videos/{video.id}"
    changed = anna.send("PATCH", path, {"title": "Новое", "visibility": "unlisted"}).json
    assert (changed["title"], changed["visibility"]) == ("Новое", "unlisted")
    assert (changed["description"], changed["tags"]) == ("Old", ["old"])
    emptied = anna.send("PATCH", path, {"description": None, "tags": None}).json
    assert (emptied["description"], emptied["tags"]) == ("", [])
    assert anna.send("PATCH", path, {}).json["title"] == "Новое"


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"title": ""}, "validation_failed", "/title"),
        ({"title": None}, "validation_failed", "/title"),
        ({"title": "t" * 10_000}, "validation_failed", "/title"),
        ({"title": "a\0b"}, "validation_failed", "/title"),
        ({"tags": "one"}, "validation_failed", "/tags"),
        ({"tags": ["a", 1]}, "validation_failed", "/tags/1"),
        ({"visibility": "secret"}, "validation_failed", "/visibility"),
        ({"views": 1_000_000}, "unknown_field", "/views"),
        ({"counters": {}}, "unknown_field", "/counters"),
        ({"owner_id": "x"}, "unknown_field", "/owner_id"),
        ({"published_at": None}, "unknown_field", "/published_at"),
    ],
)
def test_wrong_edits_change_nothing(
    anna: Browser, store_video: Store, change: dict[str, Any], code: str, pointer: str
) -> None:
    video = store_video(anna)
    path = f"/api/v1/videos/{video.id}"
    before = anna.get(path).json
    document = problem(anna.send("PATCH", path, change, status=400), code)
    assert [error["pointer"] for error in document["errors"]] == [pointer]
    assert anna.get(path).json == before


@pytest.mark.parametrize(
    ("visibility", "status", "code"),
    [
        (Visibility.PUBLIC, 403, "not_your_video"),
        (Visibility.UNLISTED, 403, "not_your_video"),
        (Visibility.PRIVATE, 404, "no_such_video"),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_strangers_change_nothing(
    anna: Browser,
    boris: Browser,
    stranger: Browser,
    store_video: Store,
    method: str,
    visibility: Visibility,
    status: int,
    code: str,
) -> None:
    video = store_video(anna, visibility=visibility)
    path = f"/api/v1/videos/{video.id}"
    # Wrong input does not change the answer: who may not know learns nothing.
    for body in ({"title": "Mine"}, {"nonsense": 1}):
        problem(boris.send(method, path, body, status=status), code)
        problem(stranger.send(method, path, body, status=401), "unauthenticated")
    assert anna.get(path).json["title"] == video.title


def test_deleting_is_once(anna: Browser, stranger: Browser, store_video: Store) -> None:
    video = store_video(anna)
    path = f"/api/v1/videos/{video.id}"
    anna.send("DELETE", path, status=204)
    problem(anna.send("DELETE", path, status=404), "no_such_video")
    assert stranger.get("/api/v1/videos").json["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/api/v1/videos", "GET, HEAD, POST"),
        ("PATCH", "/api/v1/session", "DELETE, GET, HEAD, POST"),
        ("POST", "/api/v1/videos/nothing000000000", "DELETE, GET, HEAD, PATCH"),
        ("DELETE", "/health/live", "GET, HEAD"),
        ("OPTIONS", "/api/v1/me", "DELETE, GET, HEAD, PATCH"),
        ("TRACE", "/api/v1/me", "DELETE, GET, HEAD, PATCH"),
    ],
)
def test_unknown_methods_say_what_is_known(
    stranger: Browser, method: str, path: str, allow: str
) -> None:
    answer = stranger.http.request(path, method=method, status=405)
    problem(answer, "method_not_allowed")
    assert answer.headers["Allow"] == allow


def test_an_unexpected_error_is_logged_once_and_says_nothing(
    stranger: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from adapters.persistence.videos import SqlVideoReader

    def explode(*_arguments: Any, **_named: Any) -> None:
        raise ZeroDivisionError("inner secret")

    monkeypatch.setattr(SqlVideoReader, "listed", explode)
    answer = stranger.get("/api/v1/videos", status=500)
    document = problem(answer, "internal_error")
    assert "secret" not in answer.text
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert errors[0].exc_info is not None
    assert document["request_id"]


def test_every_answer_carries_its_headers(stranger: Browser) -> None:
    for path, status in (("/api/v1/videos", 200), ("/api/v1/nothing", 404), ("/", 200)):
        headers = stranger.get(path, status=status).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Request-Id"]
        assert "Server" not in headers


def test_health(stranger: Browser) -> None:
    for path in ("/health/live", "/health/ready"):
        assert stranger.get(path).json == {"status": "ok"}
