"""`paste.server_runner`: one Tornado server on one port, and the worker beside it."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import Router

from entrypoints.chat.service import CHAT_THREADS, ChatService
from entrypoints.edge.data_lock import DataFolderInUse, DataLock
from entrypoints.edge.streamed import is_streamed
from entrypoints.http.shared_answers import heed_others
from entrypoints.server.http_server import bind, close, make_server, refuse, until_stopped
from entrypoints.server.worker_process import WorkerProcess
from entrypoints.server.wsgi import BoundedBody, WsgiBridge
from entrypoints.settings import Settings
from entrypoints.streams.app import make_streams
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.paging import PageRequest

log = logging.getLogger(__name__)

# Pyramid and the streams' disk and database calls. Kept apart, so that a slow disk
# under uploads leaves the pages quick.
_HTTP_THREADS = 32
_STREAM_THREADS = 32
# A bucket that does not answer has these wait, and leaves uploads to the others.
_STORE_THREADS = 32


def paste_server(app: Any, _global_conf: dict[str, str], **_options: str) -> None:
    """Serve the application and all that belongs to it until a signal comes."""
    container = app.registry.container
    settings: Settings = container.settings()
    try:
        lock = DataLock(settings.data_dir, exclusive=settings.worker == "embedded")
    except DataFolderInUse as in_use:
        refuse(str(in_use))
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
    """Let the database have this release's schema, or end the process saying why not."""
    try:
        if settings.migrate_on_start:
            container.migrate()
        elif not container.schema_is_current():
            refuse("The database is not at this release's schema. Run: videohub migrate")
        # The first start makes the key that tokens are signed with.
        container.rotate_signing_key().if_there_is_none()
    except Unavailable:
        refuse("The database does not answer. Is VIDEOHUB_DATABASE_URL right?")


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


async def _serve(app: Any, container: Any, settings: Settings) -> None:
    stop = until_stopped()
    streams = make_streams(
        container,
        ThreadPoolExecutor(_STREAM_THREADS, "streams"),
        ThreadPoolExecutor(_STORE_THREADS, "store") if settings.s3_url else None,
    )
    chat = ChatService(container, ThreadPoolExecutor(CHAT_THREADS, "chat"))
    chat.start()
    bridge = WsgiBridge(app, ThreadPoolExecutor(_HTTP_THREADS, "http"), settings)
    server = make_server(Front(streams, chat.application, bridge), settings)
    server.add_sockets(bind(settings))
    worker = _start_worker(settings)
    _say_hello(container, settings)
    await stop.wait()
    log.info("stopping")
    server.stop()
    await chat.stop()
    await asyncio.gather(*(part.stop() for part in worker), close(server))


def _start_worker(settings: Settings) -> list[WorkerProcess]:
    if settings.worker != "embedded":
        return []
    if settings.source is None:
        refuse("The embedded worker needs the settings file the hub was started with.")
    worker = WorkerProcess(settings.source)
    task = asyncio.get_running_loop().create_task(worker.keep_running())
    # The loop holds tasks weakly.
    worker.task = task  # type: ignore[attr-defined]
    return [worker]


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
