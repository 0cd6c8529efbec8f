"""Give back what a worker holds."""

from __future__ import annotations

from videohub_core.jobs.ports import JobsUnitOfWork


class ReleaseLeases:
    """Free the jobs of a worker that stops, so that they start again at once.

    With `crashed`, the attempts count: a job that kills its worker three times is
    given up.
    """

    def __init__(self, uow: JobsUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, worker: str, crashed: bool) -> int:
        """Return how many jobs were freed."""
        with self._uow as uow:
            jobs = uow.jobs.leased_by(worker)
            for job in jobs:
                if crashed:
                    job.leased_by = job.leased_until = None
                else:
                    job.give_back()
            uow.commit()
        return len(jobs)
