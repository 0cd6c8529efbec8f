"""The chat of one process: its sockets, what they hear, and who may stay."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

from tornado.web import Application

from entrypoints.chat.documents import (
    AsyncApiHandler,
    HealthHandler,
    HistoryHandler,
    NoDocumentHandler,
)
from entrypoints.chat.fanout import Fanout
from entrypoints.chat.socket import ChatSocket, Hall
from videohub_core.chat.ports import MessageView
from videohub_core.shared.bus import Hint, Subscription
from videohub_core.shared.ids import ID_PATTERN

log = logging.getLogger(__name__)

CHAT_THREADS = 8
"""So many reads of the database at once do for all sockets of a process."""

WATCH_SECONDS = 1.0
PING_SECONDS = 30.0
FRAME_MOST = 64 << 10
_GOING_AWAY = 1001


class ChatService:
    """Everything under `/websocket/` that lives as long as the process."""

    def __init__(self, container: Any, executor: Executor) -> None:
        self._container = container
        self._executor = executor
        self._fanout = Fanout(
            container.room_reader(),
            container.message_reader(),
            container.clock(),
            self._in_thread,
        )
        self._hall = Hall(container, executor, self._fanout)
        self._subscription: Subscription | None = None
        self._watching: asyncio.Task[None] | None = None
        parts = {"container": container, "executor": executor}
        self.application = Application(
            [
                (r"/websocket/chat", ChatSocket, {"hall": self._hall}),
                (rf"/websocket/rooms/({ID_PATTERN})/messages", HistoryHandler, parts),
                (r"/websocket/health", HealthHandler, parts),
                (r"/websocket/asyncapi.json", AsyncApiHandler, parts),
                (r"/websocket/.*", NoDocumentHandler, parts),
            ],
            hub_settings=container.settings(),
            websocket_ping_interval=PING_SECONDS,
            websocket_ping_timeout=PING_SECONDS,
            websocket_max_message_size=FRAME_MOST,
            log_function=lambda _handler: None,
        )

    def start(self) -> None:
        """Begin to hear; called on the loop."""
        loop = asyncio.get_running_loop()
        self._fanout.start()
        self._container.message_log().follow(_Mailbox(loop, self._fanout.stored))

        def hinted(hint: Hint) -> None:
            loop.call_soon_threadsafe(self._fanout.hinted, hint)

        def refill() -> None:
            loop.call_soon_threadsafe(self._fanout.refill)

        self._subscription = self._container.bus().subscribe(hinted, refill)
        self._watching = loop.create_task(self._keep_watching())

    async def stop(self) -> None:
        """Let everybody go; they come back to another process, or to the next one."""
        if self._subscription is not None:
            self._subscription.close()
        if self._watching is not None:
            self._watching.cancel()
        self._fanout.stop()
        for socket in list(self._hall.sockets):
            socket.close(_GOING_AWAY)

    async def _keep_watching(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self._watch()
            except Exception:
                # The next look may find what this one did not.
                log.exception("sockets could not be checked")

    async def _watch(self) -> None:
        of_credentials: dict[Any, list[ChatSocket]] = {}
        for socket in self._hall.sockets:
            of_credentials.setdefault(socket.credentials, []).append(socket)
        if not of_credentials:
            return
        some = [sockets[0] for sockets in of_credentials.values()]
        verdicts = await self._in_thread(lambda: [one.verdict() for one in some])
        for (proof, sockets), verdict in zip(of_credentials.items(), verdicts, strict=True):
            for socket in sockets:
                if socket.credentials != proof:
                    # It has proved itself anew meanwhile.
                    continue
                if isinstance(verdict, int):
                    socket.end(verdict)
                elif verdict is not None:
                    # Their role may be another one by now.
                    socket.caller = verdict

    async def _in_thread(self, call: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)


class _Mailbox:
    """Brings batches from the thread that stores them to the loop, waking it once for many."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        stored: Callable[[Sequence[MessageView]], None],
    ) -> None:
        self._loop = loop
        self._stored = stored
        self._batches: deque[Sequence[MessageView]] = deque()

    def __call__(self, batch: Sequence[MessageView]) -> None:
        self._batches.append(batch)
        if len(self._batches) == 1 and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._empty)

    def _empty(self) -> None:
        while self._batches:
            self._stored(self._batches[0])
            # Taken away last, so that whoever adds one meanwhile need not wake the loop.
            self._batches.popleft()
