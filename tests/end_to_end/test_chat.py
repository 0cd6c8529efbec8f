"""The chat over its socket, as clients meet it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.exceptions import InvalidStatus

from tests.end_to_end.chatter import Chatter
from tests.end_to_end.hub import PASSWORD, Hub, Member, running_hub
from tests.end_to_end.test_schemathesis import UNLIMITED

ROOMS = "/api/v1/chat/rooms"
_numbers = count(1)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_hub(tmp_path_factory.mktemp("chat"), rate_limits=UNLIMITED) as hub:
        yield hub


@pytest.fixture(scope="module")
def anna(hub: Hub) -> Member:
    return Member(hub, "anna")


@pytest.fixture(scope="module")
def boris(hub: Hub) -> Member:
    return Member(hub, "boris")


@pytest.fixture
def somebody(hub: Hub) -> Member:
    return Member(hub, f"somebody{next(_numbers)}")


def id_of(member: Member) -> str:
    return str(member.get("/api/v1/me").json()["id"])


def group(owner: Member, *members: Member) -> str:
    body = {"kind": "group", "title": "Узлы", "member_ids": [id_of(one) for one in members]}
    return str(owner.send("POST", ROOMS, json=body).json()["id"])


def say(chatter: Chatter, room_id: str, text: str = "Привет", **more: Any) -> dict[str, Any]:
    given = {"client_id": f"c{next(_numbers)}", **more}
    return chatter.ask("post", room=room_id, text=text, **given)


def test_what_one_says_the_other_hears(hub: Hub, anna: Member, boris: Member) -> None:
    room_id = group(anna, boris)
    with Chatter(hub, anna) as one, Chatter(hub, boris) as other:
        assert one.socket.subprotocol == "hub.v1"
        for chatter in (one, other):
            answer = chatter.ask("subscribe", room=room_id)
            assert (answer["ok"], answer["last_index"]) == (True, 0)
        said = say(one, room_id, "Какой узел?", client_id="mine")
        assert said["index"] == 1
        heard = other.wait_for("message")[0]
        assert (heard["room"], heard["index"], heard["text"]) == (room_id, 1, "Какой узел?")
        assert (heard["user"]["id"], heard["client_id"]) == (id_of(anna), None)
        assert one.wait_for("message")[0]["client_id"] == "mine"
        assert say(one, room_id, client_id="mine")["index"] == 1
        assert say(other, room_id, "Рифовый", reply_to=1)["index"] == 2
        assert one.wait_for("message", 2)[1]["reply_to"] == 1
        assert one.ask("edit", room=room_id, index=1, text="Какой это узел?")["ok"]
        assert other.wait_for("edited")[0]["text"] == "Какой это узел?"
        assert one.ask("delete", room=room_id, index=2)["ok"]
        deleted = other.wait_for("deleted")[0]
        assert (deleted["index"], deleted["text"], deleted["deleted"]) == (2, "", True)
        assert say(one, room_id)["index"] == 3
        assert other.ask("read", room=room_id, index=3)["index"] == 3
        assert one.wait_for("read")[0] == {
            "op": "read",
            "room": room_id,
            "user": id_of(boris),
            "index": 3,
        }
        assert one.ask("unsubscribe", room=room_id)["ok"]
        say(other, room_id, "Слышно?")
        assert one.ask("ping")["ok"]
        assert one.indexes(room_id) == [1, 2, 3]


def test_who_is_writing(hub: Hub, anna: Member, boris: Member) -> None:
    room_id = group(anna, boris)
    with Chatter(hub, anna) as one, Chatter(hub, boris) as other:
        for chatter in (one, other):
            chatter.ask("subscribe", room=room_id)
        for _ in range(3):
            assert one.ask("typing", room=room_id)["ok"]
        typing = {"op": "typing", "room": room_id, "user": id_of(anna)}
        assert other.wait_for("typing") == [typing]
        assert other.refused("typing", room="0" * 16) == "no_such_room"
        say(one, room_id)
        other.wait_for("message")
        assert other.wait_for("typing") == [typing]
        assert [frame["op"] for frame in one.frames if "op" in frame] == ["message"]


def test_what_is_said_by_rest_is_heard_too(hub: Hub, anna: Member, boris: Member) -> None:
    room_id = group(anna, boris)
    with Chatter(hub, boris) as other:
        other.ask("subscribe", room=room_id)
        anna.send("POST", f"{ROOMS}/{room_id}/messages", json={"text": "Раз"})
        assert other.wait_for("message")[0]["text"] == "Раз"


def test_whoever_comes_back_gets_what_was_missed(hub: Hub, anna: Member, boris: Member) -> None:
    room_id = group(anna, boris)
    with Chatter(hub, anna) as one:
        for number in range(1, 501):
            one.send("post", room=room_id, text=str(number), client_id=str(number))
        while say(one, room_id, "501", client_id="501").get("index") != 501:
            pass
        one.ask("edit", room=room_id, index=7, text="семь")
        with Chatter(hub, boris) as other:
            other.ask("subscribe", room=room_id, after=10, revision=0)
            say(one, room_id, "502")
            heard = other.wait_for("message", 492)
            assert other.indexes(room_id) == list(range(11, 503))
            assert [frame["text"] for frame in heard][:490] == [
                str(number) for number in range(11, 501)
            ]
            assert other.wait_for("edited")[0]["text"] == "семь"


def test_many_speak_and_all_hear_the_same(hub: Hub, anna: Member, boris: Member) -> None:
    rooms = [group(anna, boris) for _ in range(3)]
    members = [anna, boris, anna, boris]

    def talk(number: int) -> tuple[dict[str, list[int]], list[int]]:
        with Chatter(hub, members[number]) as chatter:
            for room_id in rooms:
                chatter.ask("subscribe", room=room_id)
            sent = [
                chatter.send(
                    "post", room=rooms[n % 3], text=f"{number}:{n}", client_id=f"{number}:{n}"
                )
                for n in range(150)
            ]
            indexes = [chatter.answer(one)["index"] for one in sent[-3:]]
            # Whoever subscribed late begins later; from there on nothing is left out.
            for room_id in rooms:
                while (chatter.indexes(room_id) or [0])[-1] < 200:
                    chatter.frames.append(chatter._receive())
            return {room_id: chatter.indexes(room_id) for room_id in rooms}, indexes

    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(talk, range(4)))
    for found, _indexes in heard:
        for room_id in rooms:
            first = found[room_id][0]
            assert found[room_id] == list(range(first, first + len(found[room_id])))


def test_a_room_that_is_hidden_looks_like_a_missing_one(
    hub: Hub, anna: Member, somebody: Member
) -> None:
    room_id = group(anna)
    with Chatter(hub, somebody) as chatter:
        for room in (room_id, "0" * 16):
            assert chatter.refused("subscribe", room=room) == "no_such_room"
            assert chatter.refused("post", room=room, text="a", client_id="a") == "no_such_room"
            assert chatter.refused("edit", room=room, index=1, text="a") == "no_such_room"
            assert chatter.refused("delete", room=room, index=1) == "no_such_room"
            assert chatter.refused("read", room=room, index=1) == "no_such_room"
    assert anna.get(f"{ROOMS}/{room_id}").json()["last_index"] == 0


@pytest.mark.parametrize(
    "frame",
    [
        '{"id": 1, "op": "shout"}',
        '{"id": 1}',
        '{"op": "ping"}',
        '{"id": "1", "op": "ping"}',
        '{"id": -1, "op": "ping"}',
        '{"id": 1, "op": "subscribe"}',
        '{"id": 1, "op": "subscribe", "room": "x"}',
        '{"id": 1, "op": "subscribe", "room": 7}',
        '{"id": 1, "op": "subscribe", "room": "0000000000000000", "after": -1}',
        '{"id": 1, "op": "post", "room": "0000000000000000", "client_id": "a", "text": ""}',
        '{"id": 1, "op": "post", "room": "0000000000000000", "client_id": "a", "text": "%s"}'
        % ("x" * 10_001),
        '{"id": 1, "op": "post", "room": "0000000000000000", "client_id": "", "text": "a"}',
        *(
            '{"id": 1, "op": "post", "room": "0000000000000000", "client_id": "a",'
            f' "text": "a", "{name}": "x"}}'
            for name in ("sender", "user", "index", "at")
        ),
        "[]",
        "7",
        "null",
        "{",
        "",
        '{"id": 1, "op": "ping"} x',
        '"\\ud800"',
    ],
)
def test_what_is_no_frame(hub: Hub, anna: Member, frame: str) -> None:
    with Chatter(hub, anna) as chatter:
        for _ in range(3):
            chatter.socket.send(frame)
        assert chatter.closed() == 4400
        assert [one["error"]["code"] for one in chatter.frames] == ["bad_frame"] * 3


def test_bytes_and_too_much(hub: Hub, anna: Member) -> None:
    with Chatter(hub, anna) as chatter:
        chatter.socket.send(b"{}")
        assert chatter.closed() == 1003
    with Chatter(hub, anna) as chatter:
        chatter.socket.send("x" * (65 << 10))
        assert chatter.closed() == 1009


@pytest.mark.parametrize("origin", ["https://elsewhere.test", "null"])
def test_a_page_of_another_site_opens_nothing(hub: Hub, anna: Member, origin: str) -> None:
    for member, bearer in ((anna, None), (None, None), (None, "x")):
        with pytest.raises(InvalidStatus) as refused:
            Chatter(hub, member, origin=origin, bearer=bearer).__enter__()
        assert refused.value.response.status_code == 403


def test_a_cookie_needs_an_origin(hub: Hub, anna: Member) -> None:
    cookie = "; ".join(f"{c.name}={c.value}" for c in anna.http.cookies)
    with pytest.raises(InvalidStatus) as refused:
        Chatter(hub, Cookie=cookie).__enter__()
    assert refused.value.response.status_code == 403


def tokens_of(member: Member) -> str:
    return str(member.send("POST", "/api/v1/tokens", json={}).json()["access_token"])


def test_programs_say_who_they_are(hub: Hub, anna: Member) -> None:
    token = tokens_of(anna)
    room_id = group(anna)
    with Chatter(hub, bearer=token) as chatter:
        assert say(chatter, room_id)["index"] == 1
    with Chatter(hub) as chatter:
        assert chatter.ask("auth", token=token)["ok"]
        assert chatter.ask("auth", token=token)["ok"]
        assert say(chatter, room_id)["index"] == 2
    with pytest.raises(InvalidStatus) as refused:
        Chatter(hub, bearer="expired").__enter__()
    assert refused.value.response.status_code == 401
    with Chatter(hub) as chatter:
        chatter.send("subscribe", room=room_id)
        assert chatter.closed() == 4401
    with Chatter(hub) as chatter:
        chatter.send("auth", token="expired")
        assert chatter.closed() == 4401


def test_a_bad_token_changes_nothing_for_who_is_known(
    hub: Hub, anna: Member, boris: Member, somebody: Member
) -> None:
    room_id = group(anna)
    with Chatter(hub, anna) as chatter:
        assert chatter.refused("auth", token="expired") == "invalid_token"
        with Chatter(hub, somebody) as leaving:
            somebody.send("DELETE", "/api/v1/session")
            # Everybody was looked at since.
            assert leaving.closed() == 4401
        assert say(chatter, room_id)["index"] == 1
        chatter.send("auth", token=tokens_of(boris))
        assert chatter.closed() == 4401
    assert say_again(hub, boris) == [True] * 20


def say_again(hub: Hub, member: Member) -> list[bool]:
    """Open as many sockets as a member may have, and say whether each is one."""
    with ExitStack() as stack:
        opened = [stack.enter_context(Chatter(hub, member)) for _ in range(20)]
        return [chatter.ask("ping")["ok"] for chatter in opened]


def test_whoever_says_nothing_is_let_go(hub: Hub) -> None:
    began = time.monotonic()
    with Chatter(hub) as chatter:
        assert chatter.closed() == 4401
    assert 4 < time.monotonic() - began < 9


def test_a_personal_token_does_what_it_says(hub: Hub, anna: Member) -> None:
    key = {"name": "script", "scopes": ["read"]}
    token = anna.send("POST", "/api/v1/me/access-tokens", json=key).json()["token"]
    room_id = group(anna)
    with Chatter(hub, bearer=token) as chatter:
        assert chatter.ask("subscribe", room=room_id)["ok"]
        refused = chatter.refused("post", room=room_id, text="a", client_id="a")
        assert refused == "insufficient_scope"


def test_whoever_floods_is_let_go(shared_hub: Hub) -> None:
    flooding = Member(shared_hub, "flooding")
    room_id = group(flooding)
    with Chatter(shared_hub, flooding) as chatter:
        for number in range(40):
            chatter.send("read", room=room_id, index=number)
        assert chatter.closed() == 4429
        errors = [one["error"] for one in chatter.frames if "error" in one]
        assert [error["code"] for error in errors] == ["too_many_requests"] * 2
        assert errors[0]["retry_after"] == 1


def within(seconds: float, chatter: Chatter) -> int:
    began = time.monotonic()
    code = chatter.closed()
    assert time.monotonic() - began < seconds
    return code


# What may take two seconds, and the time until this machine has noticed.
SOON = 5.0


def test_who_may_not_go_on_is_let_go(hub: Hub, anna: Member) -> None:
    admin = Member(hub, "admin").promoted()
    banned, gone, wary = (Member(hub, name) for name in ("banned", "gone", "wary"))
    with Chatter(hub, banned) as chatter:
        body = {"reason": "Спам"}
        admin.send("PUT", f"/api/v1/users/{id_of(banned)}/ban", json=body)
        assert within(SOON, chatter) == 4403
    with pytest.raises(InvalidStatus) as refused:
        Chatter(hub, banned).__enter__()
    assert refused.value.response.status_code == 403
    with Chatter(hub, gone) as chatter:
        gone.send("DELETE", "/api/v1/session")
        assert within(SOON, chatter) == 4401
    with Chatter(hub, bearer=tokens_of(wary)) as chatter:
        change = {"current_password": PASSWORD, "new_password": "another long one"}
        wary.send("PUT", "/api/v1/me/password", json=change)
        assert within(SOON, chatter) == 4401


def goodbye(chatter: Chatter) -> tuple[str, int]:
    began = time.monotonic()
    frame = chatter.wait_for("goodbye")[-1]
    assert time.monotonic() - began < SOON
    return frame["room"], frame["code"]


def test_who_is_put_out_hears_no_more(hub: Hub, anna: Member, boris: Member) -> None:
    room_id, other_room = group(anna, boris), group(anna, boris)
    with Chatter(hub, boris) as chatter:
        chatter.ask("subscribe", room=room_id)
        chatter.ask("subscribe", room=other_room)
        anna.send("DELETE", f"{ROOMS}/{room_id}/members/{id_of(boris)}")
        assert goodbye(chatter) == (room_id, 4404)
        anna.send("POST", f"{ROOMS}/{room_id}/messages", json={"text": "Тайна"})
        anna.send("DELETE", f"{ROOMS}/{other_room}")
        assert chatter.wait_for("goodbye", 2)[1]["code"] == 4410
        assert chatter.ask("ping")["ok"]
        assert chatter.indexes(room_id) == []


def test_the_room_beside_a_video(hub: Hub, anna: Member, boris: Member, clip: Path) -> None:
    room_id = anna.upload(clip).json()["id"]
    anna.processed(room_id)
    with Chatter(hub, boris) as chatter, Chatter(hub, anna) as owner:
        for one in (chatter, owner):
            assert one.ask("subscribe", room=room_id)["last_index"] == 0
        assert say(chatter, room_id)["index"] == 1
        assert owner.wait_for("message")[0]["index"] == 1
        anna.send("PUT", f"{ROOMS}/{room_id}/mutes/{id_of(boris)}")
        refused = chatter.refused("post", room=room_id, text="a", client_id="b")
        assert refused == "muted_in_room"
        anna.send("PUT", f"{ROOMS}/{room_id}/bans/{id_of(boris)}")
        assert goodbye(chatter) == (room_id, 4403)
        anna.send("DELETE", f"{ROOMS}/{room_id}/bans/{id_of(boris)}")
        chatter.frames.clear()
        assert chatter.ask("subscribe", room=room_id)["ok"]
        anna.send("PATCH", f"/api/v1/videos/{room_id}", json={"visibility": "private"})
        assert goodbye(chatter) == (room_id, 4404)
        anna.send("DELETE", f"/api/v1/videos/{room_id}")
        assert goodbye(owner) == (room_id, 4410)


def test_a_member_has_so_many_sockets(hub: Hub, somebody: Member) -> None:
    opened = [Chatter(hub, somebody).__enter__() for _ in range(20)]
    with pytest.raises(InvalidStatus) as refused:
        Chatter(hub, somebody).__enter__()
    assert refused.value.response.status_code == 429
    for chatter in opened:
        chatter.socket.close()


def test_a_room_is_listened_to_once(hub: Hub, anna: Member) -> None:
    room_id = group(anna)
    with Chatter(hub, anna) as chatter:
        for _ in range(15):
            assert chatter.ask("subscribe", room=room_id)["ok"]
        say(chatter, room_id)
        chatter.wait_for("message")
        assert chatter.ask("ping")["ok"]
        assert chatter.indexes(room_id) == [1]


def test_history_on_the_chat_service(hub: Hub, anna: Member, boris: Member) -> None:
    room_id = group(anna, boris)
    with Chatter(hub, anna) as chatter:
        for number in range(1, 6):
            say(chatter, room_id, str(number))
    path = f"/websocket/rooms/{room_id}/messages"
    for query in ("", "?limit=2", "?before=3", "?after=3", "?around=3&limit=3"):
        answer = boris.get(path + query)
        rest = boris.get(f"{ROOMS}/{room_id}/messages{query}")
        assert answer.json() == rest.json()
        assert answer.headers["Cache-Control"] == "no-store"
    for query in ("before=x", "before=1&before=2", "limit=0", "limit=101", "after=1&before=2"):
        assert boris.get(f"{path}?{query}").json()["code"] == "validation_failed", query
    assert boris.get(f"{path}?other=1").status_code == 400
    stranger = requests.get(hub.url + path, timeout=20)
    missing = requests.get(f"{hub.url}/websocket/rooms/{'0' * 16}/messages", timeout=20)
    assert stranger.status_code == missing.status_code == 404
    assert stranger.json()["code"] == missing.json()["code"] == "no_such_room"


def test_the_chat_is_described(hub: Hub) -> None:
    answer = requests.get(f"{hub.url}/websocket/asyncapi.json", timeout=20)
    document = answer.json()
    assert document["asyncapi"] == "3.0.0"
    assert set(document["operations"]) >= {"post", "subscribe", "on_message", "on_goodbye"}

    def refers(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"]
            node = list(node.values())
        if isinstance(node, list):
            for inner in node:
                yield from refers(inner)

    for reference in refers(document):
        found = document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
    post = document["components"]["schemas"]["Post"]
    assert post["required"] == ["op", "id", "room", "client_id", "text"]
    assert post["additionalProperties"] is False


def test_other_addresses_of_the_chat(hub: Hub) -> None:
    for path, status in (
        ("/websocket/health", 200),
        ("/websocket/nothing", 404),
        ("/websocket/chat", 400),
    ):
        assert requests.get(hub.url + path, timeout=20).status_code == status, path
    assert requests.head(f"{hub.url}/websocket/health", timeout=20).content == b""
    assert requests.post(f"{hub.url}/websocket/health", timeout=20).status_code == 405
