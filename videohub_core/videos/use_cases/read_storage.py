"""See how much room a member has."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.videos.ports import StorageView, VideoReader


class ReadStorage:
    """Return what the actor's files take, and how much they and one of them may."""

    def __init__(self, reader: VideoReader, file_size_most: int, quota: int) -> None:
        self._reader = reader
        self._file_size_most = file_size_most
        self._quota = quota

    def __call__(self, *, actor: Actor) -> StorageView:
        used = self._reader.bytes_of(actor.id)
        return StorageView(used, self._quota, self._file_size_most)
