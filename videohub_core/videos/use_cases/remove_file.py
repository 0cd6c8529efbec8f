"""Delete a file that a video named once."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.ports import MediaStore, VideosUnitOfWork


class RemoveFile:
    """Job `remove_file`: safe to repeat, since no file gets a name that another had."""

    def __init__(self, uow: VideosUnitOfWork, media: MediaStore) -> None:
        self._uow = uow
        self._media = media

    def __call__(self, *, lease: Lease) -> None:
        self._media.remove(MediaKey(lease.subject))
        with self._uow as uow:
            uow.jobs.remove(uow.jobs.held(lease))
            uow.commit()
