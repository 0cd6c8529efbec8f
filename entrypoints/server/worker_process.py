"""The worker as a child of the server.

It is in a session of its own, because Ctrl-C reaches a whole process group and Huey
takes SIGINT for "stop at once". Its standard input is a pipe from us: when that closes,
however we ended, it goes too.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from pathlib import Path

log = logging.getLogger(__name__)

STOP_SECONDS = 9.0
"""How long the worker gets to stop: 8 s for its job, and a little to give back leases."""

_RESTART_SECONDS_MOST = 10.0
_LIVED_LONG_SECONDS = 30.0


def worker_command(settings_file: Path) -> tuple[str, ...]:
    """Return the command of an embedded worker; it ends when its standard input closes."""
    return (sys.executable, "-m", "entrypoints.worker", str(settings_file), "--embedded")


class WorkerProcess:
    """Keeps one worker running until `stop`."""

    def __init__(self, settings_file: Path) -> None:
        self._settings_file = settings_file
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def keep_running(self) -> None:
        """Start the worker, and again whenever it dies; wait longer if it dies young."""
        pause = 0.5
        while not self._stopping:
            started = time.monotonic()
            try:
                self._process = await self._start()
                code = await self._process.wait()
            except OSError:
                log.exception("the worker could not be started")
            else:
                if self._stopping:
                    return
                log.error("the worker ended with %d and is started again", code)
            lived_long = time.monotonic() - started > _LIVED_LONG_SECONDS
            pause = 0.5 if lived_long else min(pause * 2, _RESTART_SECONDS_MOST)
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        """Ask the worker to finish; end it if it does not."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            log.warning("the worker did not stop in time and is ended")
            process.kill()
            await process.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *worker_command(self._settings_file),
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
