"""A client of the chat: a websocket, and what came over it."""

from __future__ import annotations

import json
import time
from itertools import count
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from entrypoints.chat import server_frames
from tests.end_to_end.hub import Hub, Member

SECONDS = 15.0


class Chatter:
    """One socket, at the hub or `at` another process of its chat."""

    def __init__(
        self,
        hub: Hub,
        member: Member | None = None,
        *,
        bearer: str | None = None,
        origin: str | None = None,
        at: str | None = None,
        **headers: str,
    ) -> None:
        at = at or hub.url
        self._address = at.replace("http", "ws", 1) + "/websocket/chat"
        self._headers = dict(headers)
        self._origin = origin
        if member is not None:
            cookies = (f"{c.name}={c.value}" for c in member.http.cookies)
            self._headers["Cookie"] = "; ".join(cookies)
            self._origin = origin or at
        if bearer is not None:
            self._headers["Authorization"] = f"Bearer {bearer}"
        self._numbers = count(1)
        self.frames: list[dict[str, Any]] = []
        """What came and was no answer, in order."""
        self.socket: ClientConnection

    def __enter__(self) -> Self:
        self.socket = connect(
            self._address,
            origin=None if self._origin is None else Origin(self._origin),
            additional_headers=self._headers,
            subprotocols=[Subprotocol("hub.v1")],
            compression=None,
            proxy=None,
            open_timeout=SECONDS,
            close_timeout=2,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.socket.close()

    def send(self, op: str, **fields: Any) -> int:
        """Send a frame and return its number; nobody waits for the answer."""
        number = next(self._numbers)
        self.socket.send(json.dumps({"id": number, "op": op, **fields}))
        return number

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Send a frame and return its answer."""
        return self.answer(self.send(op, **fields))

    def answer(self, number: int) -> dict[str, Any]:
        while (frame := self._receive()).get("re") != number:
            self.frames.append(frame)
        return frame

    def refused(self, op: str, **fields: Any) -> str:
        """Send a frame that is refused and return the error's code."""
        return str(self.ask(op, **fields)["error"]["code"])

    def wait_for(self, op: str, number: int = 1) -> list[dict[str, Any]]:
        """Return the frames of an op when there are so many."""
        while len(found := [one for one in self.frames if one.get("op") == op]) < number:
            self.frames.append(self._receive())
        return found

    def indexes(self, room_id: str) -> list[int]:
        """Return the indexes of the messages of a room that came, in order."""
        return [
            frame["index"]
            for frame in self.frames
            if frame.get("op") == "message" and frame["room"] == room_id
        ]

    def closed(self) -> int:
        """Wait until the hub closes it, and return the code."""
        deadline = time.monotonic() + SECONDS
        try:
            while time.monotonic() < deadline:
                self.frames.append(self._receive())
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else 1006
        raise AssertionError("it stays open")

    def _receive(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout=SECONDS))
        server_frames.check(frame)
        return frame
