"""Viewings on their way to be counted."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from videohub_core.shared.errors import Unavailable
from videohub_core.views.entities import ONCE_IN, Viewing
from videohub_core.views.ports import ViewStore

log = logging.getLogger(__name__)

SECONDS = 2.0
"""How much of what was watched a process that is killed may take along."""
WAITING_MOST = 50_000
REMEMBERED_MOST = 100_000
_AT_ONCE = 2_000

_Pair = tuple[str, str]


class GatheringViewLog:
    """`ViewLog` that counts at once, or, from `start` to `close`, every two seconds.

    A process that serves starts it; a script need not. While the database does not answer,
    what waits is kept and tried again. A pair that was counted lately costs nothing more.
    """

    def __init__(self, store: ViewStore, *, waiting_most: int = WAITING_MOST) -> None:
        self._store = store
        self._most = waiting_most
        self._lock = threading.Lock()
        self._waiting: dict[_Pair, Viewing] = {}
        self._counted: OrderedDict[_Pair, datetime] = OrderedDict()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="views", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Count what waits; closing again is fine."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join()
            with self._lock:
                # From here on each is counted at once.
                self._thread = None
            # What came since the thread looked last would wait for nobody.
            self._flush()

    def add(self, viewing: Viewing) -> None:
        pair = (viewing.video_id, viewing.viewer)
        with self._lock:
            last = self._counted.get(pair)
            if last is not None and viewing.at < last + ONCE_IN:
                return
            if self._thread is not None:
                if pair not in self._waiting and len(self._waiting) >= self._most:
                    raise Unavailable
                # The first one is the view; those after it only say it again.
                self._waiting.setdefault(pair, viewing)
                return
        self._count([viewing])

    def _run(self) -> None:
        while not self._stop.wait(SECONDS):
            self._flush()

    def _flush(self) -> None:
        while True:
            with self._lock:
                batch = list(self._waiting.values())[:_AT_ONCE]
            if not batch:
                return
            try:
                self._count(batch)
            except Unavailable:
                log.warning("%d views wait for the database", len(batch))
                return
            except Exception:
                # The thread goes on: the next ones may be counted.
                log.exception("views could not be counted")
                return
            with self._lock:
                for viewing in batch:
                    self._waiting.pop((viewing.video_id, viewing.viewer), None)

    def _count(self, viewings: Sequence[Viewing]) -> None:
        counted = self._store.count(viewings)
        with self._lock:
            for viewing in counted:
                pair = (viewing.video_id, viewing.viewer)
                self._counted[pair] = viewing.at
                self._counted.move_to_end(pair)
            while len(self._counted) > REMEMBERED_MOST:
                self._counted.popitem(last=False)
