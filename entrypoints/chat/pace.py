"""How much a member may say at once.

In this process alone, and without asking anybody: it is counted for every frame.
"""

from __future__ import annotations

import math

from videohub_core.shared.rate_limit import Rate


class Pace:
    """A bucket of `rate.times`, which fills in `rate.seconds`."""

    def __init__(self, rate: Rate) -> None:
        self._most = float(rate.times)
        self._per_second = rate.times / rate.seconds
        self._left = self._most
        self._at = 0.0

    def take(self, now: float) -> int:
        """Take one and return 0, or return after how many seconds there is one."""
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return math.ceil((1 - self._left) / self._per_second)
        self._left -= 1
        return 0
