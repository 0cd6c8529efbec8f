"""Find the jobs that nobody works on."""

from __future__ import annotations

from videohub_core.jobs.ports import JobHints, JobsUnitOfWork
from videohub_core.shared.clock import Clock

SWEEP_MOST = 100


class HintDueJobs:
    """Hint again at every job that waits.

    A hint is sent after the commit, so a crash in between leaves a job that no
    worker heard of; a worker that died leaves one whose lease ran out. This sweep
    finds both.
    """

    def __init__(self, uow: JobsUnitOfWork, hints: JobHints, clock: Clock) -> None:
        self._uow = uow
        self._hints = hints
        self._clock = clock

    def __call__(self) -> int:
        """Return how many jobs were hinted at; none while earlier hints still wait."""
        if self._hints.hints_wait():
            return 0
        with self._uow as uow:
            due = uow.jobs.due(self._clock.now(), SWEEP_MOST)
        if due:
            self._hints.jobs_wait(due)
        return len(due)
