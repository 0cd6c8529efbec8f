"""Ask for files to be deleted that nothing names any more."""

from __future__ import annotations

from videohub_core.jobs.entities import Job, JobKind
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.videos.events import VideoDeleted, VideoRefused
from videohub_core.videos.ports import VideosUnitOfWork


class QueueMediaRemoval:
    """Reaction to `VideoDeleted` and `VideoRefused`: files go after their row, surely."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: VideosUnitOfWork, event: VideoDeleted | VideoRefused) -> None:
        now = self._clock.now()
        # The original's key is part of the subject: no row remembers it after this.
        uow.jobs.add(
            Job(
                id=JobId(self._ids.new()),
                kind=JobKind.REMOVE_MEDIA,
                subject=f"{event.video_id} {event.original or ''}",
                created=now,
                next_at=now,
            )
        )
