"""What sitemaps need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from videohub_core.shared.ids import ChannelId
from videohub_core.shared.paging import Position
from videohub_core.sitemaps.entities import Span
from videohub_core.videos.ports import VideoView


class SitemapReader(Protocol):
    """Reads what everyone may find: public videos, and the channels that have some."""

    def videos(self, span: Span[Position]) -> Sequence[VideoView]:
        """Return at most `PART_MOST` videos of a part, the one published first at its head."""

    def channels(self, span: Span[ChannelId]) -> Sequence[ChannelId]:
        """Return at most `PART_MOST` channels of a part, by their ids."""

    def video_behind(self, after: Position | None, count: int) -> Position | None:
        """Return where the `count`th video behind a place is, None if there are fewer."""

    def channel_behind(self, after: ChannelId | None, count: int) -> ChannelId | None:
        """Return the `count`th channel behind one, None if there are fewer."""
