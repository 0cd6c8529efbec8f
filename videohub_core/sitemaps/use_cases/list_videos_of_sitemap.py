"""List the videos of a part."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.shared.paging import Position
from videohub_core.sitemaps.entities import Span
from videohub_core.sitemaps.ports import SitemapReader
from videohub_core.videos.ports import VideoView


class ListVideosOfSitemap:
    """Return the public videos of a part, the one published first at its head."""

    def __init__(self, reader: SitemapReader) -> None:
        self._reader = reader

    def __call__(self, *, span: Span[Position]) -> Sequence[VideoView]:
        return self._reader.videos(span)
