"""Rooms and messages over the REST API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyramid.router import Router

from tests.functional.browser import Browser

ROOMS = "/api/v1/chat/rooms"


class Talker(Browser):
    """A member who talks."""

    def __init__(self, app: Router, name: str) -> None:
        super().__init__(app)
        self.register(name).sign_in(name)
        self.csrf = self.token()

    def post(self, path: str, body: Any, status: int, **headers: str) -> Any:
        return self.send("POST", path, body, status, **headers)

    def put(self, path: str, body: Any, status: int) -> Any:
        return self.send("PUT", path, body, status)

    def patch(self, path: str, body: Any, status: int) -> Any:
        return self.send("PATCH", path, body, status)

    def delete(self, path: str, status: int) -> Any:
        return self.send("DELETE", path, None, status)


@pytest.fixture
def anna(app: Router) -> Talker:
    return Talker(app, "anna")


@pytest.fixture
def boris(app: Router) -> Talker:
    return Talker(app, "boris")


def group(browser: Talker, *members: Talker) -> str:
    body = {"kind": "group", "title": "Узлы", "member_ids": [one.id for one in members]}
    return str(browser.post(ROOMS, body, 201).json["id"])


def say(browser: Talker, room_id: str, text: str, status: int = 201, **more: Any) -> Any:
    return browser.post(f"{ROOMS}/{room_id}/messages", {"text": text, **more}, status).json


def test_two_talk(anna: Talker, boris: Talker) -> None:
    opened = anna.post(ROOMS, {"kind": "private", "user_id": boris.id}, 201)
    room_id = opened.json["id"]
    assert opened.headers["Location"].endswith(f"{ROOMS}/{room_id}")
    again = boris.post(ROOMS, {"kind": "private", "user_id": anna.id}, 200).json
    assert (again["id"], again["user"]["id"]) == (room_id, anna.id)
    said = say(anna, room_id, "Привет", client_id="a1")
    assert (said["index"], said["client_id"], said["user"]["id"]) == (1, "a1", anna.id)
    assert say(anna, room_id, "Привет", 200, client_id="a1")["index"] == 1
    seen = boris.get(f"{ROOMS}/{room_id}/messages").json
    assert [one["text"] for one in seen["items"]] == ["Привет"]
    assert (seen["last_index"], seen["items"][0]["client_id"]) == (1, None)
    room = boris.get(ROOMS).json["items"][0]
    assert (room["unread"], room["last_message"]["text"]) == (1, "Привет")
    boris.put(f"{ROOMS}/{room_id}/read", {"index": 1}, 204)
    assert boris.get(f"{ROOMS}/{room_id}").json["unread"] == 0


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "private"}, "/user_id"),
        ({"kind": "private", "user_id": "x"}, "/user_id"),
        ({"kind": "private", "user_id": "0" * 16, "title": "a"}, "/title"),
        ({"kind": "group"}, "/title"),
        ({"kind": "group", "title": " "}, "/title"),
        ({"kind": "group", "title": "x" * 101}, "/title"),
        ({"kind": "group", "title": "a", "user_id": "0" * 16}, "/user_id"),
        ({"kind": "video", "title": "a"}, "/kind"),
    ],
)
def test_what_is_no_room(anna: Talker, body: dict[str, Any], pointer: str) -> None:
    refused = anna.post(ROOMS, body, 400).json
    assert refused["errors"][0]["pointer"] == pointer
    assert anna.get(ROOMS).json["items"] == []


def test_a_group_is_made_once_for_a_key(anna: Talker) -> None:
    body = {"kind": "group", "title": "Узлы"}
    first, second = (anna.post(ROOMS, body, 201, Idempotency_Key="one") for _ in range(2))
    assert first.json["id"] == second.json["id"]
    assert len(anna.get(ROOMS).json["items"]) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": ""}, "/text"),
        ({"text": " \n"}, "/text"),
        ({"text": "x" * 10_001}, "/text"),
        ({"text": "a\0"}, "/text"),
        ({"text": "a", "client_id": ""}, "/client_id"),
        ({"text": "a", "client_id": "x" * 65}, "/client_id"),
        ({"text": "a", "reply_to": 7}, "/reply_to"),
        ({"text": "a", "reply_to": 0}, "/reply_to"),
        ({"text": "a", "index": 7}, "/index"),
        ({"text": "a", "user": "0" * 16}, "/user"),
        ({"text": "a", "at": "2020-01-01T00:00:00Z"}, "/at"),
    ],
)
def test_what_is_no_message(anna: Talker, body: dict[str, Any], pointer: str) -> None:
    room_id = group(anna)
    refused = anna.post(f"{ROOMS}/{room_id}/messages", body, 400).json
    assert refused["errors"][0]["pointer"] == pointer
    assert anna.get(f"{ROOMS}/{room_id}").json["last_index"] == 0


def test_history_by_index(anna: Talker, boris: Talker) -> None:
    room_id = group(anna, boris)
    for number in range(1, 13):
        say((anna, boris)[number % 2], room_id, str(number), reply_to=number - 1 or None)
    path = f"{ROOMS}/{room_id}/messages"
    for query, expected in (
        ("limit=2", [11, 12]),
        ("before=4", [1, 2, 3]),
        ("after=10", [11, 12]),
        ("around=6&limit=3", [5, 6, 7]),
        ("after=99", []),
    ):
        found = anna.get(f"{path}?{query}").json["items"]
        assert [one["index"] for one in found] == expected
    assert found == []
    assert anna.get(f"{path}/12").json["reply_to"] == 11
    anna.get(f"{path}?before=1&after=2", 400)
    anna.get(f"{path}?before=-1", 400)
    anna.get(f"{path}/99", 404)


def test_what_was_said_is_changed_by_its_author(anna: Talker, boris: Talker) -> None:
    room_id = group(anna, boris)
    say(boris, room_id, "Раз")
    path = f"{ROOMS}/{room_id}/messages/1"
    assert anna.patch(path, {"text": "Чужое"}, 403).json["code"] == "not_your_message"
    changed = boris.patch(path, {"text": "Два"}, 200).json
    assert (changed["text"], bool(changed["edited_at"])) == ("Два", True)
    anna.delete(path, 204)
    gone = boris.get(path).json
    assert (gone["text"], gone["deleted"], gone["index"]) == ("", True, 1)
    boris.patch(path, {"text": "Три"}, 404)


def test_the_room_beside_a_video(
    app: Router, anna: Talker, boris: Talker, store_video: Callable[..., Any]
) -> None:
    video = store_video(anna)
    path = f"{ROOMS}/{video.id}"
    stranger = Browser(app)
    room = stranger.get(path).json
    assert (room["kind"], room["video"]["title"]) == ("video", video.title)
    assert room["viewer"] == {"can_write": False, "can_moderate": False, "muted_until": None}
    say(boris, video.id, "Какой узел?")
    assert stranger.get(f"{path}/messages").json["last_index"] == 1
    assert boris.get(ROOMS).json["items"] == []
    anna.put(f"{path}/mutes/{boris.id}", {"until": "2999-01-01T00:00:00Z"}, 204)
    assert say(boris, video.id, "Ещё", 403)["code"] == "muted_in_room"
    assert boris.get(path).json["viewer"]["muted_until"].startswith("2999-01-01")
    anna.put(f"{path}/bans/{boris.id}", None, 204)
    assert boris.get(path, 403).json["code"] == "banned_from_room"
    anna.delete(f"{path}/bans/{boris.id}", 204)
    anna.delete(f"{path}/mutes/{boris.id}", 204)
    anna.patch(path, {"slow_seconds": 60}, 200)
    say(boris, video.id, "Ещё")
    late = boris.post(f"{path}/messages", {"text": "И ещё"}, 429)
    assert (late.json["code"], late.headers["Retry-After"]) == ("slow_mode", "60")


def test_who_is_in_a_group(anna: Talker, boris: Talker) -> None:
    room_id = group(anna, boris)
    members = f"{ROOMS}/{room_id}/members"
    found = anna.get(members).json["items"]
    assert {(one["user"]["id"], one["role"]) for one in found} == {
        (anna.id, "owner"),
        (boris.id, "member"),
    }
    page = anna.get(f"{members}?limit=1").json
    rest = anna.get(f"{members}?limit=1&cursor={page['next_cursor']}").json
    assert len(page["items"] + rest["items"]) == 2
    assert rest["next_cursor"] is None
    assert anna.delete(f"{members}/{anna.id}", 409).json["code"] == "owner_stays"
    anna.put(f"{members}/{boris.id}", {"role": "owner"}, 204)
    anna.delete(f"{members}/{anna.id}", 204)
    anna.get(f"{ROOMS}/{room_id}", 404)
    assert boris.get(f"{ROOMS}/{room_id}").json["role"] == "owner"


def test_whoever_floods_is_slowed_down(anna: Talker) -> None:
    room_id = group(anna)
    statuses = [
        anna.http.post_json(
            f"{ROOMS}/{room_id}/messages",
            {"text": str(number)},
            headers={"X-CSRF-Token": anna.csrf},
            expect_errors=True,
        ).status_int
        for number in range(40)
    ]
    assert statuses[:20] == [201] * 20
    assert 429 in statuses
