"""What the provider said, for as long as it may be used."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from adapters.identity.door import NoAnswer

HOUR = 3600.0
FAILURE_SECONDS = 2.0
"""How long nobody asks again after there was no answer, so that a crowd does not."""

_WAIT_SECONDS = 2.0

What = TypeVar("What")


class Kept(Generic[What]):
    """One answer, fetched when it is first needed, and again when it is old."""

    def __init__(
        self, fetch: Callable[[], What], timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._timer = timer
        self._lock = threading.Lock()
        self._held: tuple[float, What] | None = None
        self._failed: tuple[float, str] | None = None

    def get(self, younger_than: float = HOUR) -> What:
        """Return an answer of that age at most; raise NoAnswer."""
        held = self._held
        if held is not None and self._timer() - held[0] < younger_than:
            return held[1]
        # One thread asks. Those who wait for it do not wait as long as it may take.
        if not self._lock.acquire(timeout=_WAIT_SECONDS):
            raise NoAnswer("too many wait for the provider already")
        try:
            return self._asked(younger_than)
        finally:
            self._lock.release()

    def _asked(self, younger_than: float) -> What:
        now = self._timer()
        if self._held is not None and now - self._held[0] < younger_than:
            return self._held[1]
        if self._failed is not None and now - self._failed[0] < FAILURE_SECONDS:
            raise NoAnswer(self._failed[1])
        try:
            answer = self._fetch()
        except NoAnswer as error:
            self._failed = (self._timer(), str(error))
            raise
        self._held, self._failed = (self._timer(), answer), None
        return answer


class Remembered(Generic[What]):
    """Results by key, each for some seconds; the oldest go when there are too many."""

    def __init__(
        self, seconds: float, most: int, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._timer = timer
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, What]] = {}

    def get(self, key: str) -> What | None:
        with self._lock:
            held = self._held.get(key)
        return held[1] if held is not None and self._timer() < held[0] else None

    def put(self, key: str, what: What, seconds: float | None = None) -> None:
        """Remember for `seconds`, but no longer than anything here is remembered."""
        lasts = min(self._seconds, self._seconds if seconds is None else seconds)
        with self._lock:
            self._held.pop(key, None)
            while len(self._held) >= self._most:
                del self._held[next(iter(self._held))]
            self._held[key] = (self._timer() + lasts, what)
