"""Let the videos of somebody who leaves go along."""

from __future__ import annotations

from videohub_core.accounts.events import UserLeft
from videohub_core.jobs.entities import Job, JobKind
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.videos.ports import UploadStore, VideosUnitOfWork


class RemoveVideosOf:
    """Reaction to `UserLeft`: videos go as if deleted, unfinished uploads with their bytes."""

    def __init__(self, store: UploadStore, ids: Ids, clock: Clock) -> None:
        self._store = store
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: VideosUnitOfWork, event: UserLeft) -> None:
        for video in uow.videos.of_owner(event.user_id):
            video.deleted()
            uow.videos.remove(video)
        now = self._clock.now()
        for upload in uow.uploads.of_user(event.user_id):
            uow.uploads.remove(upload)
            uow.jobs.add(
                Job(
                    id=JobId(self._ids.new()),
                    kind=JobKind.REMOVE_MEDIA,
                    subject=f"{upload.id} {self._store.key(upload.id)}",
                    created=now,
                    next_at=now,
                )
            )
