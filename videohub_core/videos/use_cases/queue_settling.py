"""Ask for what becomes of the file that was sent."""

from __future__ import annotations

from videohub_core.jobs.entities import Job, JobKind
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.videos.events import VideoReady
from videohub_core.videos.ports import VideosUnitOfWork


class QueueSettling:
    """Reaction to `VideoReady`: the original is archived or dropped, if there is one."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: VideosUnitOfWork, event: VideoReady) -> None:
        if event.original is None:
            return
        now = self._clock.now()
        # The key is part of the subject: no row remembers it once the video is deleted.
        uow.jobs.add(
            Job(
                id=JobId(self._ids.new()),
                kind=JobKind.SETTLE_ORIGINAL,
                subject=f"{event.video_id} {event.original}",
                created=now,
                next_at=now,
            )
        )
