"""Count anew."""

from __future__ import annotations

from collections.abc import Iterator

from videohub_core.counters.ports import Counters, Miscount


class Recount:
    """Hold every counter against its rows, and put right what differs."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    def __call__(self, *, repair: bool) -> Iterator[Miscount]:
        return self._counters.recount(repair=repair)
