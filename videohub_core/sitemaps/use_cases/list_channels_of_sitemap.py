"""List the channels of a part."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.shared.ids import ChannelId
from videohub_core.sitemaps.entities import Span
from videohub_core.sitemaps.ports import SitemapReader


class ListChannelsOfSitemap:
    """Return the channels of a part that have public videos, by their ids."""

    def __init__(self, reader: SitemapReader) -> None:
        self._reader = reader

    def __call__(self, *, span: Span[ChannelId]) -> Sequence[ChannelId]:
        return self._reader.channels(span)
