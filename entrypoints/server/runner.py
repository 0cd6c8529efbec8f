"""`paste.server_runner`: one Tornado server on one port, and the worker beside it."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets
from tornado.routing import Router

from entrypoints.chat.service import ChatService
from entrypoints.edge.data_lock import DataFolderInUse, DataLock
from entrypoints.edge.streamed import is_streamed
from entrypoints.http.shared_answers import heed_others
from entrypoints.server.worker_process import WorkerProcess
from entrypoints.server.wsgi import BoundedBody, WsgiBridge
from entrypoints.settings import Settings
from entrypoints.streams.app import make_streams
from entrypoints.streams.sending import FileStream
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.paging import PageRequest

log = logging.getLogger(__name__)

# Pyramid and the streams' disk and database calls. Kept apart, so that a slow disk
# under uploads leaves the pages quick.
_HTTP_THREADS = 32
_STREAM_THREADS = 32
_CHAT_THREADS = 8
# A bucket that does not answer has these wait, and leaves uploads to the others.
_STORE_THREADS = 32
# Each delegate bounds its own body; Tornado's limit would close without a word.
_NO_LIMIT = 1 << 50
_IDLE_SECONDS = 75.0
_DESCRIPTORS = 65_536
# Databases, logs, pipes, threads' own.
_OWN_DESCRIPTORS = 100
_DRAIN_SECONDS = 2.0


def paste_server(app: Any, _global_conf: dict[str, str], **_options: str) -> None:
    """Serve the application and all that belongs to it until a signal comes."""
    container = app.registry.container
    settings: Settings = container.settings()
    try:
        lock = DataLock(settings.data_dir, exclusive=settings.worker == "embedded")
    except DataFolderInUse as in_use:
        _refuse(str(in_use))
    try:
        _prepare(container, settings)
        container.view_log().start()
        container.message_log().start()
        with (
            closing(heed_others(container)),
            closing(container.view_log()),
            closing(container.message_log()),
        ):
            asyncio.run(_serve(app, container, settings))
    finally:
        container.bus().close()
        container.database().close()
        lock.release()


def _prepare(container: Any, settings: Settings) -> None:
    try:
        if settings.migrate_on_start:
            container.migrate()
        elif not container.schema_is_current():
            _refuse("The database is not at this release's schema. Run: videohub migrate")
        # The first start makes the key that tokens are signed with.
        container.rotate_signing_key().if_there_is_none()
    except Unavailable:
        _refuse("The database does not answer. Is VIDEOHUB_DATABASE_URL right?")


def _refuse(why: str) -> NoReturn:
    """End the process with status 1: pserve would turn SystemExit into success."""
    print(why, file=sys.stderr, flush=True)  # noqa: T201 - before there is a log
    os._exit(1)


class Front(Router):
    """Sends a request to the chat, to the streams or to Pyramid."""

    def __init__(self, streams: Any, chat: Any, bridge: WsgiBridge) -> None:
        self._streams = streams
        self._chat = chat
        self._bridge = bridge

    def find_handler(self, request: HTTPServerRequest, **options: Any) -> HTTPMessageDelegate:
        delegate: HTTPMessageDelegate
        if request.path.startswith("/websocket/"):
            delegate = self._chat.find_handler(request, **options)
            return delegate
        content_type = request.headers.get("Content-Type", "")
        if is_streamed(str(request.method), request.path, content_type):
            delegate = self._streams.find_handler(request, **options)
            return delegate
        assert request.connection is not None
        return BoundedBody(self._bridge, request.connection)


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


async def _serve(app: Any, container: Any, settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    streams = make_streams(
        container,
        ThreadPoolExecutor(_STREAM_THREADS, "streams"),
        ThreadPoolExecutor(_STORE_THREADS, "store") if settings.s3_url else None,
    )
    chat = ChatService(container, ThreadPoolExecutor(_CHAT_THREADS, "chat"))
    chat.start()
    bridge = WsgiBridge(app, ThreadPoolExecutor(_HTTP_THREADS, "http"), settings)
    server = HubServer(
        Front(streams, chat.application, bridge),
        trusted_downstream=list(settings.trusted_proxies),
        connections_most=settings.connections_most,
        max_body_size=_NO_LIMIT,
        idle_connection_timeout=_IDLE_SECONDS,
    )
    server.add_sockets(_bind(settings))
    worker = _start_worker(settings)
    _say_hello(container, settings)
    await stop.wait()
    log.info("stopping")
    server.stop()
    await chat.stop()
    await asyncio.gather(*(part.stop() for part in worker), _close(server))


def _bind(settings: Settings) -> list[Any]:
    try:
        return bind_sockets(settings.listen.port, settings.listen.host)
    except OSError as error:
        _refuse(
            f"Cannot listen on {settings.listen.host}:{settings.listen.port}: "
            f"{error.strerror}. Set VIDEOHUB_LISTEN to another host:port."
        )


def _start_worker(settings: Settings) -> list[WorkerProcess]:
    if settings.worker != "embedded":
        return []
    if settings.source is None:
        _refuse("The embedded worker needs the settings file the hub was started with.")
    worker = WorkerProcess(settings.source)
    task = asyncio.get_running_loop().create_task(worker.keep_running())
    # The loop holds tasks weakly.
    worker.task = task  # type: ignore[attr-defined]
    return [worker]


async def _close(server: HTTPServer) -> None:
    """Let answers under way go out, but no longer than the stop budget allows."""
    try:
        await asyncio.wait_for(server.close_all_connections(), _DRAIN_SECONDS)
    except TimeoutError:
        log.warning("some connections did not end in time")


def _say_hello(container: Any, settings: Settings) -> None:
    command = _command()
    log.info("Video Hub is at %s", settings.public_url)
    if settings.development and _nothing_to_watch(container):
        log.info("The hub is empty. To fill it with members and videos, run: %s demo", command)
    log.info(
        "To make the first admin: register on the page, then run: "
        "%s users promote YOUR@EMAIL --role admin",
        command,
    )


def _command() -> str:
    """Return how `videohub` is called from where the hub was started."""
    own = Path(sys.executable).with_name("videohub")
    if shutil.which("videohub") is not None or not own.exists():
        return "videohub"
    return os.path.relpath(own) if own.is_relative_to(Path.cwd()) else str(own)


def _nothing_to_watch(container: Any) -> bool:
    """Tell whether everyone's list is empty; not so, if the database does not answer."""
    try:
        return not container.list_videos()(page=PageRequest(limit=1)).items
    except Unavailable:
        return False
