"""What jobs need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from videohub_core.jobs.entities import Job, JobKind, Lease
from videohub_core.shared.ids import JobId
from videohub_core.shared.unit_of_work import UnitOfWork


class JobRepository(Protocol):
    """The jobs table inside one transaction."""

    def add(self, job: Job) -> None:
        """Store the job; unless it takes long, a hint for it leaves after the commit."""

    def get(self, job_id: JobId) -> Job | None:
        """Return the job, locked against other transactions until this one ends."""

    def held(self, lease: Lease) -> Job:
        """Return the leased job, locked; raise LeaseLost if it is not held any more."""

    def due(self, now: datetime, limit: int, kind: JobKind | None = None) -> Sequence[JobId]:
        """Return ids of jobs that a worker may take now, the longest waiting first.

        Of every kind that does not take long, or of one.
        """

    def leased_by(self, worker: str) -> Sequence[Job]:
        """Return the jobs that the worker holds."""

    def remove(self, job: Job) -> None:
        """Delete the job: it is done."""


class JobsUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def jobs(self) -> JobRepository: ...


class JobHints(Protocol):
    """Tells the workers that jobs wait. A lost hint costs time, nothing else."""

    def jobs_wait(self, job_ids: Sequence[JobId]) -> None:
        """Hint at the jobs; never raises for a queue that does not answer."""

    def hints_wait(self) -> bool:
        """Tell whether workers have hints left that they did not take yet."""
