"""Take a job that waits."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.jobs.ports import JobsUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import JobId


class LeaseJob:
    """Give the job to a worker, unless it is done, taken or not yet due."""

    def __init__(self, uow: JobsUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, job_id: JobId, worker: str) -> Lease | None:
        with self._uow as uow:
            job = uow.jobs.get(job_id)
            now = self._clock.now()
            if job is None or not job.is_due(now):
                return None
            lease = job.lease(worker, now)
            uow.commit()
        return lease
