"""What larger bodies may take of the memory of the web process, and for how long."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders, RequestStartLine

from entrypoints.server import wsgi
from entrypoints.server.wsgi import BoundedBody, WsgiBridge
from entrypoints.settings import Settings

PUT = RequestStartLine("PUT", "/api/v1/videos/video00000000001/poster", "HTTP/1.1")
MEBIBYTE = bytes(1 << 20)


class Connection:
    """A connection that remembers what it was told."""

    context = None

    def __init__(self) -> None:
        self.stream = self
        self.closed = asyncio.Event()
        self.statuses: list[int] = []

    def set_close_callback(self, _callback: Any) -> None:
        """The body is told by whoever reads it."""

    def write_headers(self, start_line: Any, *_: Any) -> None:
        self.statuses.append(start_line.code)

    def finish(self) -> None:
        self.closed.set()

    close = finish


def begin(bridge: WsgiBridge, size: int) -> tuple[BoundedBody, Connection]:
    connection: Any = Connection()
    body = BoundedBody(bridge, connection)
    said = {"Host": "x", "Content-Length": str(size), "Cookie": "hub_session=of somebody"}
    assert body.headers_received(PUT, HTTPHeaders(said)) is None
    return body, connection


@pytest.fixture
def bridge(settings: Settings) -> WsgiBridge:
    return WsgiBridge(None, ThreadPoolExecutor(1), settings)


def test_room_is_taken_by_what_has_come(bridge: WsgiBridge) -> None:
    async def send() -> None:
        whole = bridge.room_for_larger_bodies
        bodies = [begin(bridge, 10 << 20) for _ in range(8)]
        assert bridge.room_for_larger_bodies == whole
        for body, _ in bodies[:7]:
            for _ in range(9):
                assert body.data_received(MEBIBYTE) is None
        assert bridge.room_for_larger_bodies == whole - (63 << 20)
        last, connection = bodies[7]
        assert last.data_received(MEBIBYTE) is None
        refused = last.data_received(MEBIBYTE)
        assert refused is not None
        await refused
        assert connection.statuses == [503]
        for body, _ in bodies:
            body.on_connection_close()
        assert bridge.room_for_larger_bodies == whole

    asyncio.run(send())


def test_a_larger_body_that_stops_coming_is_hung_up_on(
    bridge: WsgiBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wsgi, "_SILENT_SECONDS", 0.05)

    async def send() -> None:
        body, connection = begin(bridge, 10 << 20)
        body.data_received(MEBIBYTE)
        await asyncio.wait_for(connection.closed.wait(), 10)
        body.on_connection_close()

    asyncio.run(send())
