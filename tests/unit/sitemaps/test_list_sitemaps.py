"""Into which parts all that is listed is cut, without counting it each time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fakes.simple import FakeClock
from videohub_core.shared.ids import ChannelId
from videohub_core.shared.paging import Position
from videohub_core.sitemaps.entities import PART_USUAL, Span
from videohub_core.sitemaps.use_cases.list_sitemaps import (
    FORGOTTEN_AFTER,
    STEPS_MOST,
    ListSitemaps,
)


class ManyChannels:
    """So many channels, numbered; it remembers behind which ones was looked."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[str | None] = []

    def channel_behind(self, after: ChannelId | None, count: int) -> ChannelId | None:
        self.asked.append(after)
        number = int(after or 0) + count
        return ChannelId(str(number)) if number <= self.count else None

    def video_behind(self, _after: Position | None, _count: int) -> None:
        return None


def ends(sitemaps: Any) -> list[str | None]:
    return [span.to for span in sitemaps().channels]


def test_a_call_looks_only_at_what_is_new(clock: FakeClock) -> None:
    reader = ManyChannels(PART_USUAL + 1)
    sitemaps = ListSitemaps(reader, clock)  # type: ignore[arg-type]
    assert sitemaps().videos == [Span()]
    first = str(PART_USUAL)
    assert ends(sitemaps) == ends(sitemaps) == [first, None]
    assert reader.asked == [None, first, first, first]
    reader.count = 2 * PART_USUAL
    assert ends(sitemaps) == [first, str(reader.count), None]
    clock.pass_(FORGOTTEN_AFTER + timedelta(seconds=1))
    reader.asked.clear()
    assert len(ends(sitemaps)) == 3
    assert reader.asked[0] is None


def test_a_call_takes_only_so_long(clock: FakeClock) -> None:
    reader = ManyChannels((STEPS_MOST + 5) * PART_USUAL)
    sitemaps = ListSitemaps(reader, clock)  # type: ignore[arg-type]
    assert len(ends(sitemaps)) == STEPS_MOST + 1
    assert len(ends(sitemaps)) == STEPS_MOST + 6
