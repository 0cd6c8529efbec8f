"""Ask for what is to be done to a video."""

from __future__ import annotations

from videohub_core.jobs.entities import Job, JobKind
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.videos.events import VideoEvent
from videohub_core.videos.ports import VideosUnitOfWork


class QueueProcessing:
    """Reaction to what happened to a video: a job of one kind is stored with it."""

    def __init__(self, kind: JobKind, ids: Ids, clock: Clock) -> None:
        self._kind = kind
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: VideosUnitOfWork, event: VideoEvent) -> None:
        now = self._clock.now()
        uow.jobs.add(
            Job(
                id=JobId(self._ids.new()),
                kind=self._kind,
                subject=event.video_id,
                created=now,
                next_at=now,
            )
        )
