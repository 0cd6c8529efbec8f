"""Ask for the work that follows what happened to a video."""

from __future__ import annotations

from typing import Protocol

from videohub_core.jobs.entities import Job, JobKind
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.videos.ports import VideosUnitOfWork


class Followed(Protocol):
    """An event that says what the work after it is about."""

    @property
    def subject(self) -> str | None:
        """The subject of the job; None if there is nothing to do."""


class QueueJob:
    """Reaction to what happened: a job of one kind is stored with it."""

    def __init__(self, kind: JobKind, ids: Ids, clock: Clock) -> None:
        self._kind = kind
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: VideosUnitOfWork, event: Followed) -> None:
        if event.subject is None:
            return
        now = self._clock.now()
        uow.jobs.add(
            Job(
                id=JobId(self._ids.new()),
                kind=self._kind,
                subject=event.subject,
                created=now,
                next_at=now,
            )
        )
