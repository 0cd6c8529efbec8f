"""Delete the files of a video that is gone or was refused."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.ports import MediaStore, VideosUnitOfWork


class RemoveMedia:
    """Job `remove_media`: safe to repeat, since deleting nothing is fine."""

    def __init__(self, uow: VideosUnitOfWork, media: MediaStore) -> None:
        self._uow = uow
        self._media = media

    def __call__(self, *, lease: Lease) -> None:
        video_id, _, original = lease.subject.partition(" ")
        if original:
            self._media.remove(MediaKey(original))
        for key in list(self._media.of_video(VideoId(video_id))):
            self._media.remove(key)
        with self._uow as uow:
            uow.jobs.remove(uow.jobs.held(lease))
            uow.commit()
