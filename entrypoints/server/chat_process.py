"""The chat by itself: for hubs where it is to have processes of its own."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from entrypoints.chat.service import CHAT_THREADS, ChatService
from entrypoints.server.http_server import bind, close, make_server, until_stopped
from entrypoints.settings import Settings

log = logging.getLogger(__name__)


def serve_chat(container: Any) -> None:
    """Serve what is under `/websocket/` until a signal comes."""
    container.message_log().start()
    try:
        with closing(container.message_log()):
            asyncio.run(_serve(container, container.settings()))
    finally:
        container.bus().close()


async def _serve(container: Any, settings: Settings) -> None:
    stop = until_stopped()
    chat = ChatService(container, ThreadPoolExecutor(CHAT_THREADS, "chat"))
    chat.start()
    server = make_server(chat.application, settings)
    server.add_sockets(bind(settings))
    log.info("the chat is at %s:%d", settings.listen.host, settings.listen.port)
    await stop.wait()
    log.info("stopping")
    server.stop()
    await chat.stop()
    await close(server)
