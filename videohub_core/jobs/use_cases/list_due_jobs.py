"""Find the jobs of a kind that wait."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.jobs.entities import JobKind
from videohub_core.jobs.ports import JobsUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import JobId


class ListDueJobs:
    """Return ids of jobs of one kind that a worker may take now, longest waiting first."""

    def __init__(self, uow: JobsUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, kind: JobKind, limit: int) -> Sequence[JobId]:
        with self._uow as uow:
            return uow.jobs.due(self._clock.now(), limit, kind)
