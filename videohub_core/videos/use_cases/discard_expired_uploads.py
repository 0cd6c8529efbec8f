"""Forget the files that nobody goes on sending."""

from __future__ import annotations

from videohub_core.shared.clock import Clock
from videohub_core.videos.entities import UPLOAD_KEPT
from videohub_core.videos.ports import UploadStore, VideosUnitOfWork


class DiscardExpiredUploads:
    """Delete uploads that are over their time and got no byte for as long."""

    def __init__(self, uow: VideosUnitOfWork, store: UploadStore, clock: Clock) -> None:
        self._uow = uow
        self._store = store
        self._clock = clock

    def __call__(self) -> int:
        """Return how many were deleted."""
        now = self._clock.now()
        discarded = 0
        with self._uow as uow:
            for upload in uow.uploads.expired(now):
                written = self._store.last_written(upload.id)
                if written is not None and written > now - UPLOAD_KEPT:
                    continue
                self._store.remove(upload.id)
                uow.uploads.remove(upload)
                discarded += 1
            uow.commit()
        return discarded
