"""One embedded hub a data folder.

The embedded tree locks the folder for itself, since it takes every lease it finds there
for one of a worker that died. Split roles and the command line share it. The embedded
worker has a lock of its own besides: after a kill -9 of the server the old worker may
still be at work for some seconds, and the new one waits for its end.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class DataFolderInUse(Exception):
    """Another hub runs on this data folder."""


class DataLock:
    """A lock on a data folder that ends with this object or this process."""

    def __init__(self, data_dir: Path, *, exclusive: bool) -> None:
        """Take the lock at once, or raise DataFolderInUse."""
        data_dir.mkdir(parents=True, exist_ok=True)
        self._file = (data_dir / "lock").open("a+")
        kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = self._owner()
            self._file.close()
            raise DataFolderInUse(
                f"Another hub{owner} runs on {data_dir}. Stop it, or set VIDEOHUB_DATA_DIR."
            ) from None
        if exclusive:
            self._file.truncate(0)
            self._file.write(str(os.getpid()))
            self._file.flush()

    def release(self) -> None:
        self._file.close()

    def _owner(self) -> str:
        self._file.seek(0)
        pid = self._file.read().strip()
        return f" (process {pid})" if pid else ""


class EmbeddedWorkerLock:
    """Held for the life of the embedded worker of a data folder."""

    def __init__(self, data_dir: Path) -> None:
        """Wait until no other embedded worker runs, then take the lock."""
        self._file = (data_dir / "worker.lock").open("a+")
        fcntl.flock(self._file, fcntl.LOCK_EX)


def embedded_worker_runs(data_dir: Path) -> bool:
    """Tell whether a folder's embedded worker is at work. One that starts may wait for us."""
    try:
        with (data_dir / "worker.lock").open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
