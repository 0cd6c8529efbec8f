"""What is said, on its way into the database.

One thread a process stores it, and takes along all that waits: while one transaction syncs
the disk, the next one gathers. So a lone message waits for nothing, and a thousand at once
cost few commits. There is no timer.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from videohub_core.chat.errors import Busy
from videohub_core.chat.ports import MessageView, Post, Posted, ReadMark
from videohub_core.shared.errors import DomainError, Unavailable

log = logging.getLogger(__name__)

BATCH_MOST = 512
WAITING_MOST = 8192

Said = Post | ReadMark
Stored = Callable[[Sequence[MessageView]], None]


class PostStore(Protocol):
    """Stores much at once in one transaction."""

    def store(
        self, said: Sequence[Said]
    ) -> tuple[Sequence[Posted | int | DomainError], Sequence[MessageView]]:
        """Return what became of each, in order, and the new messages; raise Unavailable."""


@dataclass
class _Waiting:
    said: Said
    future: Future[Any] = field(default_factory=Future)


class WritingMessageLog:
    """`MessageLog` that stores at once, or, from `start` to `close`, in a thread of its own."""

    def __init__(self, store: PostStore, *, waiting_most: int = WAITING_MOST) -> None:
        self._store = store
        self._most = waiting_most
        self._followers: list[Stored] = []
        self._waiting: deque[_Waiting] = deque()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False

    def start(self) -> None:
        with self._wake:
            self._closing = False
            self._thread = threading.Thread(target=self._run, name="chat-log", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Store what waits; closing again is fine."""
        with self._wake:
            self._closing = True
            self._wake.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def follow(self, stored: Stored) -> None:
        self._followers.append(stored)

    def submit(self, post: Post) -> Future[Posted]:
        return self._add(post)

    def mark_read(self, mark: ReadMark) -> Future[int]:
        return self._add(mark)

    def _add(self, said: Said) -> Future[Any]:
        waiting = _Waiting(said)
        with self._wake:
            if self._thread is not None:
                if len(self._waiting) >= self._most:
                    raise Busy
                self._waiting.append(waiting)
                self._wake.notify()
                return waiting.future
        waiting.future.set_running_or_notify_cancel()
        self._settle([waiting])
        return waiting.future

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._closing:
                    self._wake.wait()
                count = min(len(self._waiting), BATCH_MOST)
                batch = [self._waiting.popleft() for _ in range(count)]
                if not batch:
                    # From here on each is stored at once.
                    self._thread = None
                    return
            # Whoever gave up meanwhile is not to have said it after all.
            wanted = [one for one in batch if one.future.set_running_or_notify_cancel()]
            if wanted:
                self._settle(wanted)

    def _settle(self, batch: Sequence[_Waiting]) -> None:
        try:
            outcomes, new = self._store.store([waiting.said for waiting in batch])
        except Unavailable as error:
            for waiting in batch:
                waiting.future.set_exception(error)
            return
        except Exception as error:
            if len(batch) > 1:
                # One of them cannot be stored; the others are not to suffer for it.
                for waiting in batch:
                    self._settle([waiting])
                return
            batch[0].future.set_exception(error)
            return
        self._tell(new)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, DomainError):
                waiting.future.set_exception(outcome)
            else:
                waiting.future.set_result(outcome)

    def _tell(self, new: Sequence[MessageView]) -> None:
        if not new:
            return
        for follower in self._followers:
            try:
                follower(new)
            except Exception:
                # It is stored: whoever was not told finds it.
                log.exception("what was said could not be passed on")
