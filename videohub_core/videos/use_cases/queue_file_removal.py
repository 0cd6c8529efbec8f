"""Ask for a file to be deleted that a video names no longer."""

from __future__ import annotations

from videohub_core.jobs.entities import Job, JobKind
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.videos.events import FileReplaced
from videohub_core.videos.ports import VideosUnitOfWork


class QueueFileRemoval:
    """Reaction to `FileReplaced`: the file goes after its name, surely."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: VideosUnitOfWork, event: FileReplaced) -> None:
        now = self._clock.now()
        uow.jobs.add(
            Job(
                id=JobId(self._ids.new()),
                kind=JobKind.REMOVE_FILE,
                subject=event.key,
                created=now,
                next_at=now,
            )
        )
