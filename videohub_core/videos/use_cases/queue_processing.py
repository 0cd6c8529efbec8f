"""Ask for a new video to be processed."""

from __future__ import annotations

from videohub_core.jobs.entities import Job, JobKind
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.videos.events import VideoCreated
from videohub_core.videos.ports import VideosUnitOfWork


class QueueProcessing:
    """Reaction to `VideoCreated`: the job is stored with the video."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: VideosUnitOfWork, event: VideoCreated) -> None:
        now = self._clock.now()
        uow.jobs.add(
            Job(
                id=JobId(self._ids.new()),
                kind=JobKind.PROCESS_VIDEO,
                subject=event.video_id,
                created=now,
                next_at=now,
            )
        )
