"""Huey carries the ids of jobs to the workers; the truth stays in the jobs table.

Huey is loaded when there is something to hint at: it brings drivers of databases along,
which most of the hub's processes never use.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from videohub_core.shared.ids import JobId

log = logging.getLogger(__name__)

_TASK = "run_job"


class HueyJobHints:
    """`JobHints` through a Huey queue, and the worker's end of it.

    `opener` returns the queue; it is called once, when the queue is first needed.
    """

    def __init__(self, opener: Callable[[], Any]) -> None:
        self._opener = opener
        self._run: Callable[[JobId], None] | None = None
        self._lock = threading.Lock()

    @property
    def huey(self) -> Any:
        return self._opened[0]

    @cached_property
    def _opened(self) -> tuple[Any, Callable[[JobId], Any]]:
        """The queue and its one task; whoever asks first opens it."""
        with self._lock:
            if "_opened" in self.__dict__:
                opened: tuple[Any, Callable[[JobId], Any]] = self.__dict__["_opened"]
                return opened
            huey = self._opener()
            return huey, huey.task(name=_TASK)(self._perform)

    def jobs_wait(self, job_ids: Sequence[JobId]) -> None:
        for job_id in job_ids:
            try:
                self._opened[1](job_id)
            except self._troubles:
                # Only a hint: the sweep finds the job.
                log.warning("the queue did not take a hint", extra={"job_id": job_id})

    def hints_wait(self) -> bool:
        try:
            return int(self.huey.storage.queue_size()) > 0
        except self._troubles:
            return False

    def serve(self, run: Callable[[JobId], None]) -> None:
        """Call `run` for each hint that this process's consumer takes."""
        self._run = run

    def close(self) -> None:
        """Close the queue if it was opened."""
        if "_opened" in self.__dict__:
            self.huey.storage.close()

    @property
    def _troubles(self) -> tuple[type[Exception], ...]:
        from huey.exceptions import HueyException

        return HueyException, OSError, sqlite3.Error

    def _perform(self, job_id: str) -> None:
        if self._run is not None:
            self._run(JobId(job_id))
