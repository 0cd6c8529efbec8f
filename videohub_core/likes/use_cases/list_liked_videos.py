"""Find again what one likes."""

from __future__ import annotations

from videohub_core.likes.ports import LikeReader
from videohub_core.shared.actor import Actor
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.ports import VideoView


class ListLikedVideos:
    """Return a page of the videos that the actor likes and may see, liked last first."""

    def __init__(self, reader: LikeReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, page: PageRequest) -> Page[VideoView]:
        return self._reader.videos(actor, page)
