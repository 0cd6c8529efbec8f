"""End an attempt that failed for a reason that may pass."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.jobs.ports import JobsUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import OutOfSpace, Unavailable


class RetryJob:
    """Let the job wait before its next attempt; raise LeaseLost if it was taken over.

    An attempt that failed for want of the database or of room is not the job's fault,
    and does not count.
    """

    def __init__(self, uow: JobsUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, lease: Lease, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        with self._uow as uow:
            job = uow.jobs.held(lease)
            if isinstance(error, (Unavailable, OutOfSpace)):
                job.wait(self._clock.now(), reason)
            else:
                job.retry_later(self._clock.now(), reason)
            uow.commit()
