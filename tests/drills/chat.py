"""Kill what the chat runs on while members talk; nothing acknowledged may be lost.

`make drill-chat` does it 100 times in all, on SQLite and on PostgreSQL, with one process and
with three. Eight writers talk in five rooms over sockets that break with what is killed
(SIGKILL of the hub, of a chat process, of a server process of the database). Each send is
logged as invoked, acknowledged, or unknown, and every message that a socket brings is held to
the one before. At the end the history is compared with the log, in the manner of Jepsen
(https://jepsen.io): no acknowledged message is missing, none is there twice, the indexes have
no gap, and each listener, resuming by index, got exactly the history.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import psutil
import requests
from websockets.exceptions import WebSocketException

from tests.end_to_end.chatter import Chatter
from tests.end_to_end.hub import Hub, Member, free_port
from tests.postgres import Postgres, running_postgres
from tests.waiting import eventually

WRITERS = 8
ROOMS = 5
TOPOLOGIES = (("sqlite", 1), ("sqlite", 3), ("postgres", 1), ("postgres", 3))
_LIMITS = "read=99999/second write=99999/second chat=99999/second"
# To come back and hear the rest; what is not heard then counts as heard otherwise.
_ATTEMPTS = 4
_API = "/api/v1/chat/rooms"


@dataclass
class Log:
    """What the writers did and saw."""

    invoked: dict[tuple[str, str], str] = field(default_factory=dict)
    """Texts by room and client id."""
    acknowledged: dict[tuple[str, str], int] = field(default_factory=dict)
    lost_connections: int = 0
    out_of_order: int = 0
    """How often a listener got another message than the next one."""
    answered_otherwise: int = 0
    """How often a message that was sent again was answered with another index."""


class Writer:
    """A member who talks in all rooms, and listens to them, until told to stop."""

    def __init__(
        self, name: str, member: Member, addresses: list[str], rooms: list[str], seed: int
    ) -> None:
        self.name = name
        self.log = Log()
        self.heard: dict[str, list[tuple[int, str]]] = {room: [] for room in rooms}
        self._member = member
        self._addresses = addresses
        self._random = random.Random(seed)
        self._sent = 0
        self._unknown: list[tuple[str, str]] = []
        self._stop = threading.Event()
        self._until: dict[str, int] = {}
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def finish(self, until: dict[str, int]) -> None:
        """Listen until the end of each room, and end."""
        self._thread.join(60)
        assert not self._thread.is_alive(), f"{self.name} does not end"
        self._until = until
        self._connected(self._listen)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._connected(self._talk)
        except BaseException as error:
            self.failure = error
            raise

    def _connected(self, work: Any) -> None:
        address = self._random.choice(self._addresses)
        try:
            with Chatter(self._member.hub, self._member, at=address) as chatter:
                for room, heard in self.heard.items():
                    answer = chatter.ask("subscribe", room=room, after=len(heard))
                    if "error" in answer:
                        raise ConnectionError(answer["error"]["code"])
                work(chatter)
        except (OSError, EOFError, WebSocketException):
            self.log.lost_connections += 1
            # What is killed needs a moment to come back.
            self._stop.wait(0.1)

    def _talk(self, chatter: Chatter) -> None:
        while not self._stop.is_set():
            room, client_id = self._next()
            text = self.log.invoked[room, client_id]
            number = chatter.send("post", room=room, client_id=client_id, text=text)
            # If it breaks here, nobody knows whether that was said: it is said again.
            answer = chatter.answer(number)
            self._take(chatter)
            if "error" in answer:
                assert answer["error"]["status"] == 503, answer
                continue
            self._unknown.remove((room, client_id))
            known = self.log.acknowledged.setdefault((room, client_id), answer["index"])
            self.log.answered_otherwise += known != answer["index"]

    def _next(self) -> tuple[str, str]:
        if not self._unknown or self._random.random() < 0.1:
            self._sent += 1
            room = self._random.choice(list(self.heard))
            client_id = f"{self.name}-{self._sent}"
            self.log.invoked[room, client_id] = f"{self.name} говорит {self._sent}"
            self._unknown.append((room, client_id))
        return self._random.choice(self._unknown)

    def _listen(self, chatter: Chatter) -> None:
        # Some of it came with the answers to what was subscribed to.
        self._take(chatter)
        while any(len(self.heard[room]) < last for room, last in self._until.items()):
            chatter.frames.append(chatter._receive())
            self._take(chatter)

    def _take(self, chatter: Chatter) -> None:
        for frame in chatter.frames:
            if frame.get("op") == "message":
                heard = self.heard[frame["room"]]
                self.log.out_of_order += frame["index"] != len(heard) + 1
                heard.append((frame["index"], frame["text"]))
        chatter.frames.clear()


class Drill:
    """One topology under fire."""

    def __init__(
        self, kind: str, processes: int, folder: Path, server: Postgres | None, seed: int
    ) -> None:
        self.random = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self._server = server
        settings = {"rate_limits": _LIMITS}
        if processes > 1:
            settings["worker"] = "external"
        if kind == "postgres":
            assert server is not None
            settings["database_url"] = server.url(server.create())
        self.hub = Hub(folder / "data", folder / "log", **settings).start()
        self._chats: dict[str, subprocess.Popen[str]] = {}
        for _ in range(processes - 1):
            address = f"http://127.0.0.1:{free_port()}"
            self._chats[address] = self._started(address)
        members = [Member(self.hub, f"writer{number}") for number in range(WRITERS)]
        rooms = self._rooms(members)
        addresses = [self.hub.url, *self._chats]
        self.writers = [
            Writer(f"w{number}", member, addresses, rooms, seed + number)
            for number, member in enumerate(members)
        ]
        self._reader = members[0]

    def _rooms(self, members: list[Member]) -> list[str]:
        ids = [one.get("/api/v1/me").json()["id"] for one in members]
        body = {"kind": "group", "title": "Drill", "member_ids": ids}
        return [
            str(members[0].send("POST", _API, json=body).json()["id"]) for _ in range(ROOMS)
        ]

    def _started(self, address: str) -> subprocess.Popen[str]:
        process = self.hub.command("chat", "--listen", address.removeprefix("http://"))
        eventually(lambda: self._is_healthy(address), 30)
        return process

    def _is_healthy(self, address: str) -> bool:
        with suppress(requests.ConnectionError):
            return requests.get(f"{address}/websocket/health", timeout=5).status_code == 200
        return False

    def run(self, kills: int) -> None:
        for writer in self.writers:
            writer.start()
        pause = threading.Event()
        for _ in range(kills):
            # Long enough that something is said, and that some have not come back.
            pause.wait(self.random.uniform(0.2, 1.2))
            self._kill()
        pause.wait(1.0)
        for writer in self.writers:
            writer.stop()
        last = self._last()
        for writer in self.writers:
            for _ in range(_ATTEMPTS):
                if any(len(writer.heard[room]) < last[room] for room in last):
                    writer.finish(last)

    def _kill(self) -> None:
        victims = ["hub", *["chat"] * (2 * len(self._chats))]
        if self._server is not None:
            victims += ["database"] * 2
        victim = self.random.choice(victims)
        self.kills[victim] += 1
        if victim == "hub":
            for process in self.hub.note_processes():
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self.hub.process.wait(10)
            eventually(lambda: not self.hub.survivors())
            self.hub.start()
        elif victim == "chat":
            address = self.random.choice(list(self._chats))
            self._chats[address].kill()
            self._chats[address].communicate(timeout=10)
            self._chats[address] = self._started(address)
        else:
            self._kill_backend()

    def _kill_backend(self) -> None:
        """Kill one that serves a client; PostgreSQL then ends all, and recovers."""
        assert self._server is not None
        children = psutil.Process(self._server.pid()).children()
        serving = [one for one in children if ": hub " in " ".join(one.cmdline())]
        if serving:
            with suppress(psutil.NoSuchProcess):
                os.kill(self.random.choice(serving).pid, signal.SIGKILL)
        eventually(lambda: self._is_healthy(self.hub.url), 30)

    def _last(self) -> dict[str, int]:
        return {room: len(self._history(room)) for room in self.writers[0].heard}

    def _history(self, room: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            last = found[-1]["index"] if found else 0
            path = f"{_API}/{room}/messages?after={last}&limit=100"
            items = self._reader.get(path).json()["items"]
            if not items:
                return found
            found += items

    def verdict(self) -> dict[str, int]:
        """Compare the history with what the writers know, and count what is wrong."""
        counts: Counter[str] = Counter()
        for writer in self.writers:
            assert writer.failure is None, writer.failure
            counts["invoked"] += len(writer.log.invoked)
            counts["acknowledged"] += len(writer.log.acknowledged)
            counts["connections lost"] += writer.log.lost_connections
            counts["OUT OF ORDER"] += writer.log.out_of_order
            counts["ANSWERED OTHERWISE"] += writer.log.answered_otherwise
        for room in self.writers[0].heard:
            history = self._history(room)
            counts["messages"] += len(history)
            indexes = [message["index"] for message in history]
            counts["GAPS"] += indexes != list(range(1, len(history) + 1))
            texts = {message["index"]: message["text"] for message in history}
            counts["TWICE"] += len(history) - len(set(texts.values()))
            for writer in self.writers:
                counts["HEARD OTHERWISE"] += writer.heard[room] != [*texts.items()]
                for (of, client_id), index in writer.log.acknowledged.items():
                    if of == room:
                        said = writer.log.invoked[room, client_id]
                        counts["LOST"] += texts.get(index) != said
        return dict(counts)

    def close(self) -> None:
        for writer in self.writers:
            writer.stop()
        for process in self._chats.values():
            process.terminate()
            process.communicate(timeout=20)
        self.hub.stop()


def is_wrong(verdict: dict[str, int]) -> bool:
    """Tell whether a promise was broken: those are in capitals."""
    return any(count for name, count in verdict.items() if name.isupper())


@contextmanager
def running_drill(
    kind: str, processes: int, seed: int, server: Postgres | None = None
) -> Iterator[Drill]:
    with tempfile.TemporaryDirectory() as folder:
        drill = Drill(kind, processes, Path(folder), server, seed)
        try:
            yield drill
        finally:
            drill.close()


@click.command()
@click.option("--kills", default=25, show_default=True, help="How many in each topology.")
@click.option("--seed", type=int, help="Repeat the choices of a drill.")
def main(kills: int, seed: int | None) -> None:
    """Kill so often in each topology, and print what came of it."""
    seed = random.randrange(1 << 32) if seed is None else seed
    click.echo(f"seed {seed}")
    wrong = False
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres())
        for kind, processes in TOPOLOGIES:
            given = server if kind == "postgres" else None
            with running_drill(kind, processes, seed, given) as drill:
                drill.run(kills)
                verdict = drill.verdict()
            killed = ", ".join(f"{name} {count}" for name, count in sorted(drill.kills.items()))
            click.echo(f"{kind}, {processes} process(es): killed {killed}")
            click.echo("  " + ", ".join(f"{name} {count}" for name, count in verdict.items()))
            wrong |= is_wrong(verdict)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
