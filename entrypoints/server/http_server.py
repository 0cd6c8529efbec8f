"""The HTTP server of a process: what it binds, whom it believes, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import sys
from typing import Any, NoReturn

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPMessageDelegate
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets

from entrypoints.settings import Settings
from entrypoints.streams.sending import FileStream

log = logging.getLogger(__name__)

# Each delegate bounds its own body; Tornado's limit would close without a word.
_NO_LIMIT = 1 << 50
_IDLE_SECONDS = 75.0
_DESCRIPTORS = 65_536
# Databases, logs, pipes, threads' own.
_OWN_DESCRIPTORS = 100
_DRAIN_SECONDS = 2.0


class HubServer(HTTPServer):
    """Tornado's server, with a bound on connections and a list of proxies to believe."""

    def initialize(self, *arguments: Any, **options: Any) -> None:
        most: int = options.pop("connections_most")
        super().initialize(*arguments, **options)
        self._proxies = frozenset(options["trusted_downstream"])
        self._most = min(most, _connections_possible())

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Serve a connection, or end it at once where no descriptor may be left for files."""
        if len(self._connections) >= self._most:
            stream.close()
            return
        # Nothing has been read yet: another stream may take the connection over.
        sizes = {"max_buffer_size": stream.max_buffer_size}
        super().handle_stream(FileStream(stream.socket, **sizes), address)

    def start_request(self, server_conn: object, request_conn: Any) -> HTTPMessageDelegate:
        """Believe forwarding headers of our proxies alone."""
        self.xheaders = request_conn.context.remote_ip in self._proxies
        return super().start_request(server_conn, request_conn)


def _connections_possible() -> int:
    """Raise the limit on descriptors as far as allowed; return what connections may use."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    # A download needs a file beside its connection.
    return max((wanted - _OWN_DESCRIPTORS) // 2, 1)


def make_server(handling: Any, settings: Settings) -> HubServer:
    """Return a server that listens to nothing yet."""
    return HubServer(
        handling,
        trusted_downstream=list(settings.trusted_proxies),
        connections_most=settings.connections_most,
        max_body_size=_NO_LIMIT,
        idle_connection_timeout=_IDLE_SECONDS,
    )


def until_stopped() -> asyncio.Event:
    """Return what a signal to stop sets; called on the loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    return stop


def bind(settings: Settings) -> list[Any]:
    try:
        return bind_sockets(settings.listen.port, settings.listen.host)
    except OSError as error:
        refuse(
            f"Cannot listen on {settings.listen.host}:{settings.listen.port}: "
            f"{error.strerror}. Set VIDEOHUB_LISTEN to another host:port."
        )


async def close(server: HTTPServer) -> None:
    """Let answers under way go out, but no longer than the stop budget allows."""
    try:
        await asyncio.wait_for(server.close_all_connections(), _DRAIN_SECONDS)
    except TimeoutError:
        log.warning("some connections did not end in time")


def refuse(why: str) -> NoReturn:
    """End the process with status 1: pserve would turn SystemExit into success."""
    print(why, file=sys.stderr, flush=True)  # noqa: T201 - before there is a log
    os._exit(1)
