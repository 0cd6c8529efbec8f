"""What happened, counted."""

from __future__ import annotations

from itertools import count


class ChangeCounter:
    """`Changes` in memory."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.count = 0

    def happened(self) -> None:
        # Taking the next number is one step, whichever thread does it.
        self.count = next(self._numbers)
