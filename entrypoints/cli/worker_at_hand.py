"""Whoever processes videos while a command waits for them."""

from __future__ import annotations

import subprocess
import tempfile
from types import TracebackType
from typing import Self

from entrypoints.edge.data_lock import DataFolderInUse, DataLock
from entrypoints.server.worker_process import STOP_SECONDS, worker_command
from entrypoints.settings import Settings

_SAID_MOST = 2000


class WorkerDied(Exception):
    """The worker ended by itself; the message is the last of what it said."""


class WorkerAtHand:
    """The worker of the hub that runs on the data folder, else one of the command's own.

    Its own one is the embedded worker as the hub would start it, and the command holds the
    folder as the hub would: no hub starts meanwhile. If the command is killed, the worker
    ends with it, and what it had in hand is taken up by the next hub at once.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock: DataLock | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_own(self) -> bool:
        return self._process is not None

    def __enter__(self) -> Self:
        if self._settings.worker == "external" or self._settings.source is None:
            return self
        try:
            self._lock = DataLock(self._settings.data_dir, exclusive=True)
        except DataFolderInUse:
            return self
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(  # nosec B603 - our own command, no shell
            worker_command(self._settings.source),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            start_new_session=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._end(self._process)
            self._log.close()
        if self._lock is not None:
            self._lock.release()

    def check(self) -> None:
        """Raise WorkerDied if the command's own worker is no more."""
        if self._process is not None and self._process.poll() is not None:
            self._log.seek(0)
            raise WorkerDied(self._log.read()[-_SAID_MOST:].decode(errors="replace").strip())

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
