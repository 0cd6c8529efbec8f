"""Say into which parts all that is listed is cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Lock
from typing import Generic

from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import ChannelId
from videohub_core.shared.paging import Position
from videohub_core.sitemaps.entities import PART_USUAL, Key, Sitemaps, Span
from videohub_core.sitemaps.ports import SitemapReader

FORGOTTEN_AFTER = timedelta(days=1)
STEPS_MOST = 2000
"""How many new parts one call looks for: the next one goes on from there."""


class ListSitemaps:
    """Return the parts, each of a bounded size.

    There is one of it a process: it remembers where parts end, so that each call looks only
    at what has been published since the last one.
    """

    def __init__(self, reader: SitemapReader, clock: Clock) -> None:
        self._clock = clock
        self._videos: _Cuts[Position] = _Cuts(reader.video_behind)
        self._channels: _Cuts[ChannelId] = _Cuts(reader.channel_behind)
        self._lock = Lock()

    def __call__(self) -> Sitemaps:
        now = self._clock.now()
        with self._lock:
            return Sitemaps(self._videos.spans(now), self._channels.spans(now))


class _Cuts(Generic[Key]):
    """Where the parts of one kind end, all but the last."""

    def __init__(self, behind: Callable[[Key | None, int], Key | None]) -> None:
        self._behind = behind
        self._ends: list[Key] = []
        self._since: datetime | None = None

    def spans(self, now: datetime) -> Sequence[Span[Key]]:
        if self._since is None or now - self._since > FORGOTTEN_AFTER:
            # Parts grow and shrink where something is added or deleted in their middle.
            self._ends, self._since = [], now
        for _ in range(STEPS_MOST):
            end = self._behind(self._ends[-1] if self._ends else None, PART_USUAL)
            if end is None:
                break
            self._ends.append(end)
        bounds = [None, *self._ends, None]
        return [Span(after, to) for after, to in pairwise(bounds)]
