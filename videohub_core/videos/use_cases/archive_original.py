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
        video_id, _, key = lease.subject.partition(" ")
        original = MediaKey(key)
        if self._is_wanted(VideoId(video_id), original):
            self._media.archive(original)
        if not self._is_wanted(VideoId(video_id), original):
            # Deleted meanwhile, when there was nothing to delete there yet.
            self._media.remove(original)
        with self._uow as uow:
            uow.jobs.remove(uow.jobs.held(lease))
            uow.commit()

    def _is_wanted(self, video_id: VideoId, original: MediaKey) -> bool:
        with self._uow as uow:
            video = uow.videos.get(video_id)
            return video is not None and video.original == original
