"""End an attempt that failed for a reason that may pass."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.jobs.ports import JobsUnitOfWork
from videohub_core.shared.clock import Clock


class RetryJob:
    """Let the job wait before its next attempt; raise LeaseLost if it was taken over."""

    def __init__(self, uow: JobsUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, lease: Lease, reason: str) -> None:
        with self._uow as uow:
            uow.jobs.held(lease).retry_later(self._clock.now(), reason)
            uow.commit()
