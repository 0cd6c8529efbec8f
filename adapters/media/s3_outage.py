"""That a store does not answer, remembered: else everybody would wait to find it out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from videohub_core.shared.errors import Unavailable

AWAY_SECONDS = 5.0


class Outage:
    """Refuses at once while a store is away, but for one in some seconds who tries."""

    def __init__(
        self, seconds: float = AWAY_SECONDS, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._next_try: float | None = None

    def check(self) -> None:
        """Raise Unavailable unless the store may be asked."""
        with self._lock:
            if self._next_try is None:
                return
            if self._now() < self._next_try:
                raise Unavailable("The store of the files does not answer.")
            self._next_try = self._now() + self._seconds

    def began(self) -> None:
        """Say that the store did not answer."""
        with self._lock:
            self._next_try = self._now() + self._seconds

    def ended(self) -> None:
        """Say that the store answered."""
        with self._lock:
            self._next_try = None
