"""Tell what a member likes of what they are shown."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.likes.ports import LikeReader
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId


class ListLiked:
    """Return which of some videos the actor likes: nobody else is told."""

    def __init__(self, reader: LikeReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, video_ids: Sequence[VideoId]) -> frozenset[VideoId]:
        return self._reader.liked(actor.id, video_ids)
