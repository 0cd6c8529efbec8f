"""Say that the work goes on."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.jobs.ports import JobsUnitOfWork
from videohub_core.shared.clock import Clock


class ExtendLease:
    """Keep a leased job from being given to another worker; raise LeaseLost if it was."""

    def __init__(self, uow: JobsUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, lease: Lease) -> None:
        with self._uow as uow:
            uow.jobs.held(lease).extend(self._clock.now())
            uow.commit()
