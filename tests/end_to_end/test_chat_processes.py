"""The chat over several processes: what one stores, those at all others hear."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.end_to_end.chatter import Chatter
from tests.end_to_end.hub import Hub, Member, free_port
from tests.end_to_end.test_chat import ROOMS, SOON, goodbye, group, id_of, say
from tests.end_to_end.test_schemathesis import UNLIMITED
from tests.postgres import Postgres
from tests.redis_server import RedisServer, running_redis
from tests.waiting import eventually

CHATS = 2


@dataclass
class Place:
    """A hub and two processes of its chat beside it."""

    hub: Hub
    addresses: list[str]
    chats: list[subprocess.Popen[str]]
    redis: RedisServer | None
    anna: Member
    boris: Member


def started_chat(hub: Hub, address: str, stack: ExitStack) -> subprocess.Popen[str]:
    process = hub.command("chat", "--listen", address.removeprefix("http://"))

    def stop() -> None:
        process.terminate()
        process.communicate(timeout=20)

    stack.callback(stop)

    def is_ready() -> bool:
        assert process.poll() is None, process.communicate()[0]
        with suppress(requests.ConnectionError):
            return requests.get(f"{address}/websocket/health", timeout=5).status_code == 200
        return False

    eventually(is_ready, 30)
    return process


@pytest.fixture(params=["sqlite", "postgres", "redis"], scope="module")
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp(request.param)
    settings = {"worker": "external", "rate_limits": UNLIMITED}
    with ExitStack() as stack:
        redis = None
        if request.param != "sqlite":
            server: Postgres = request.getfixturevalue("postgres_server")
            name = server.create()
            stack.callback(server.drop, name)
            settings["database_url"] = server.url(name)
        if request.param == "redis":
            # A socket's path has to be short.
            short = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            redis = stack.enter_context(running_redis(short))
            settings["redis_url"] = redis.url
        hub = Hub(folder / "data", folder / "log", **settings)
        stack.callback(hub.stop)
        hub.start()
        addresses = [f"http://127.0.0.1:{free_port()}" for _ in range(CHATS)]
        chats = [started_chat(hub, address, stack) for address in addresses]
        members = (Member(hub, "anna"), Member(hub, "boris"))
        yield Place(hub, [hub.url, *addresses], chats, redis, *members)


def test_what_is_said_here_is_heard_there(place: Place) -> None:
    room_id = group(place.anna, place.boris)
    with ExitStack() as stack:
        chatters = [
            stack.enter_context(Chatter(place.hub, member, at=address))
            for address in place.addresses
            for member in (place.anna, place.boris)
        ]
        for chatter in chatters:
            assert chatter.ask("subscribe", room=room_id)["ok"]
        for number, chatter in enumerate(chatters, 1):
            assert say(chatter, room_id, str(number))["index"] == number
        place.anna.send("POST", f"{ROOMS}/{room_id}/messages", json={"text": "7"})
        for chatter in chatters:
            heard = chatter.wait_for("message", 7)
            assert [(one["index"], one["text"]) for one in heard] == [
                (number, str(number)) for number in range(1, 8)
            ]
        chatters[0].ask("edit", room=room_id, index=1, text="раз")
        chatters[5].ask("read", room=room_id, index=7)
        chatters[2].ask("typing", room=room_id)
        for chatter in chatters:
            assert chatter.wait_for("edited")[0]["text"] == "раз"
            assert chatter.wait_for("read")[-1]["user"] == id_of(place.boris)
            if chatter in chatters[1::2]:
                assert chatter.wait_for("typing")[0]["user"] == id_of(place.anna)


def test_all_hear_the_same_whoever_writes_where(place: Place) -> None:
    room_id = group(place.anna, place.boris)
    each = 60

    def talk(number: int) -> list[int]:
        member = (place.anna, place.boris)[number % 2]
        with Chatter(place.hub, member, at=place.addresses[number % 3]) as chatter:
            chatter.ask("subscribe", room=room_id, after=0)
            sent = [
                chatter.send("post", room=room_id, text=str(n), client_id=f"{number}-{n}")
                for n in range(each)
            ]
            for one in sent:
                assert chatter.answer(one)["ok"]
            chatter.wait_for("message", 6 * each)
            return chatter.indexes(room_id)

    with ThreadPoolExecutor(6) as pool:
        heard = list(pool.map(talk, range(6)))
    assert heard == [list(range(1, 6 * each + 1))] * 6


def test_the_same_client_id_is_one_message_everywhere(place: Place) -> None:
    room_id = group(place.anna)
    with ExitStack() as stack:
        chatters = [
            stack.enter_context(Chatter(place.hub, place.anna, at=address))
            for address in place.addresses
        ]
        sent = [
            (chatter, chatter.send("post", room=room_id, text="раз", client_id="one"))
            for _ in range(5)
            for chatter in chatters
        ]
        assert {chatter.answer(number)["index"] for chatter, number in sent} == {1}
    assert place.anna.get(f"{ROOMS}/{room_id}").json()["last_index"] == 1


def test_who_is_put_out_hears_no_more_anywhere(place: Place) -> None:
    room_id = group(place.anna, place.boris)
    with ExitStack() as stack:
        chatters = [
            stack.enter_context(Chatter(place.hub, place.boris, at=address))
            for address in place.addresses
        ]
        for chatter in chatters:
            chatter.ask("subscribe", room=room_id)
        place.anna.send("DELETE", f"{ROOMS}/{room_id}/members/{id_of(place.boris)}")
        place.anna.send("POST", f"{ROOMS}/{room_id}/messages", json={"text": "Тайна"})
        for chatter in chatters:
            assert goodbye(chatter) == (room_id, 4404)
            assert chatter.ask("ping")["ok"]


@pytest.mark.parametrize("place", ["redis"], indirect=True)
def test_hints_may_get_lost(place: Place) -> None:
    """What tells the processes of each other is away, and comes back."""
    assert place.redis is not None
    room_id = group(place.anna, place.boris)
    with (
        Chatter(place.hub, place.anna, at=place.addresses[0]) as one,
        Chatter(place.hub, place.boris, at=place.addresses[1]) as other,
    ):
        other.ask("subscribe", room=room_id)
        place.redis.stop()
        say(one, room_id, "раз")
        began = time.monotonic()
        assert other.wait_for("message")[0]["text"] == "раз"
        place.redis.start()
        say(one, room_id, "два")
        assert other.wait_for("message", 2)[1]["text"] == "два"
        assert time.monotonic() - began < 2 * SOON
