"""List what everyone may watch."""

from __future__ import annotations

from videohub_core.shared.ids import ChannelId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.ports import VideoReader, VideoView


class ListVideos:
    """Return a page of public, watchable videos, freshest first."""

    def __init__(self, reader: VideoReader) -> None:
        self._reader = reader

    def __call__(
        self, *, page: PageRequest, channel_id: ChannelId | None = None
    ) -> Page[VideoView]:
        return self._reader.public(page, channel_id=channel_id)
