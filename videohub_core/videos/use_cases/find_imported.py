"""Find out whether a video came here before."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId
from videohub_core.videos.ports import VideoReader


class FindImported:
    """Return the actor's video whose `Origin` has this key, None if there is none."""

    def __init__(self, reader: VideoReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, key: str) -> VideoId | None:
        return self._reader.of_origin(actor.id, key)
