"""What counters need from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Miscount(NamedTuple):
    """A counter that says something else than its rows."""

    counter: str
    """Such as `videos.views`."""
    id: str
    kept: int
    counted: int


class Counters(Protocol):
    """Holds kept numbers against the rows that they count."""

    def recount(self, *, repair: bool) -> Iterator[Miscount]:
        """Yield what differs, put right if asked to.

        A part at a time, each in a transaction of its own in which these counters rest, so
        that a hub may be at work meanwhile.
        """
