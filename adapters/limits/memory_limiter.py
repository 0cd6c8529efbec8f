"""Counting requests in memory, for one process."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from videohub_core.shared.rate_limit import Rate, TooManyRequests

_TIDY_LEAST = 10_000
"""With fewer names than this, nothing has to be forgotten."""


class MemoryRateLimiter:
    """`RateLimiter` of one process.

    A sliding window by two counters, as the library does it: what was counted in the window
    before this one weighs as much as still overlaps. Our own, since every request asks, and
    the library's storage in memory takes longer than a whole answer that is kept.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, Rate], _Window] = {}
        self._tidy_at = _TIDY_LEAST

    def hit(self, name: str, rate: Rate) -> None:
        now = self._clock()
        number = int(now // rate.seconds)
        with self._lock:
            window = self._counts.get((name, rate))
            if window is None:
                window = self._counts[name, rate] = _Window(number)
                if len(self._counts) > self._tidy_at:
                    self._tidy(now)
            window.move_to(number)
            share = 1 - now % rate.seconds / rate.seconds
            if window.before * share + window.count + 1 > rate.times:
                raise TooManyRequests(_wait(window, rate, now))
            window.count += 1

    def _tidy(self, now: float) -> None:
        """Forget whom nobody heard of for a whole window; look again when there are as many."""
        self._counts = {
            (name, rate): window
            for (name, rate), window in self._counts.items()
            if window.number >= int(now // rate.seconds) - 1
        }
        self._tidy_at = max(_TIDY_LEAST, 2 * len(self._counts))


class _Window:
    """How often in this window of time, and in the one before."""

    __slots__ = ("before", "count", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.count = self.before = 0

    def move_to(self, number: int) -> None:
        if number != self.number:
            self.before = self.count if number == self.number + 1 else 0
            self.count = 0
            self.number = number


def _wait(window: _Window, rate: Rate, now: float) -> int:
    """Return the seconds until there should be room for one more: a window at the most."""
    left = rate.seconds - now % rate.seconds
    if window.count >= rate.times:
        # This window is full by itself: room comes as it fades in the next one.
        wait = left + rate.seconds / window.count
    else:
        wait = left - rate.seconds * (rate.times - 1 - window.count) / window.before
    return max(1, min(math.ceil(wait), rate.seconds))
