"""Huey carries the ids of jobs to the workers; the truth stays in the jobs table.

Huey's own serializer is unsigned pickle: whoever can write to its queue could run code
in the worker. Ours is JSON and carries ids only.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
from huey import Huey, SqliteHuey
from huey.exceptions import HueyException
from huey.registry import Message
from huey.serializer import Serializer

from videohub_core.shared.ids import JobId

log = logging.getLogger(__name__)

_TASK = "run_job"


class JsonSerializer(Serializer):  # type: ignore[misc]
    """Writes Huey's messages as JSON; anything else in the queue is refused."""

    def _serialize(self, data: Any) -> bytes:
        if isinstance(data, Message):
            return orjson.dumps([data.id, data.name, list(data.args)])
        # Results are not kept, but Huey passes what little it stores through here.
        return orjson.dumps(data)

    def _deserialize(self, data: bytes) -> Any:
        value = orjson.loads(bytes(data))
        if isinstance(value, list):
            id_, name, args = value
            return Message(
                id=id_,
                name=name,
                retries=0,
                retry_delay=0,
                priority=0,
                args=tuple(args),
                kwargs={},
            )
        return value


def open_sqlite_huey(path: Path) -> Huey:
    """Return a Huey whose queue is its own SQLite file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(
        "videohub", filename=str(path), results=False, serializer=JsonSerializer()
    )


class HueyJobHints:
    """`JobHints` through a Huey queue, and the worker's end of it."""

    def __init__(self, huey: Huey) -> None:
        self.huey = huey
        self._run: Callable[[JobId], None] | None = None
        self._task = huey.task(name=_TASK)(self._perform)

    def jobs_wait(self, job_ids: Sequence[JobId]) -> None:
        for job_id in job_ids:
            try:
                self._task(job_id)
            except (HueyException, OSError, sqlite3.Error):
                # Only a hint: the sweep finds the job.
                log.warning("the queue did not take a hint", extra={"job_id": job_id})

    def hints_wait(self) -> bool:
        try:
            return int(self.huey.storage.queue_size()) > 0
        except (HueyException, OSError, sqlite3.Error):
            return False

    def serve(self, run: Callable[[JobId], None]) -> None:
        """Call `run` for each hint that this process's consumer takes."""
        self._run = run

    def _perform(self, job_id: str) -> None:
        if self._run is not None:
            self._run(JobId(job_id))
