"""List the actor's own videos."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.ports import VideoReader, VideoView


class ListOwnVideos:
    """Return a page of the actor's videos in every state, freshest first."""

    def __init__(self, reader: VideoReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, page: PageRequest) -> Page[VideoView]:
        return self._reader.of_owner(actor.id, page)
