"""Take a video's original to where the other files are."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.ports import MediaStore, VideosUnitOfWork


class ArchiveOriginal:
    """Job `settle_original` where originals are kept.

    Safe to repeat, and tried until it succeeds.
    """

    def __init__(self, uow: VideosUnitOfWork, media: MediaStore) -> None:
        self._uow = uow
        self._media = media

    def __call__(self, *, lease: Lease) -> None:
        original = self._original(lease)
        if original is not None:
            self._media.archive(original)
            if self._original(lease) is None:
                # Deleted meanwhile, when there was nothing to delete there yet.
                self._media.remove(original)
        with self._uow as uow:
            uow.jobs.remove(uow.jobs.held(lease))
            uow.commit()

    def _original(self, lease: Lease) -> MediaKey | None:
        with self._uow as uow:
            video = uow.videos.get(VideoId(lease.subject))
            return None if video is None else video.original
