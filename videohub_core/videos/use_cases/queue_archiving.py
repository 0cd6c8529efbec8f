"""Ask for a video's original to be taken to where the other files are."""

from __future__ import annotations

from videohub_core.jobs.entities import Job, JobKind
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.videos.events import VideoReady
from videohub_core.videos.ports import VideosUnitOfWork


class QueueArchiving:
    """Reaction to `VideoReady`: nothing reads the original all the time any more."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: VideosUnitOfWork, event: VideoReady) -> None:
        now = self._clock.now()
        uow.jobs.add(
            Job(
                id=JobId(self._ids.new()),
                kind=JobKind.ARCHIVE_ORIGINAL,
                subject=event.video_id,
                created=now,
                next_at=now,
            )
        )
