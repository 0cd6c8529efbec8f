"""The confined child as the worker sees it: a process, and lines of JSON to and from it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from adapters.media.ffmpeg import LOG_MOST, environment, unwatched
from videohub_core.videos.ports import Watch

_log = logging.getLogger(__name__)

START_TIME_MOST = 30.0
LINE_MOST = 4096

_COMMAND = (sys.executable, "-P", "-m", "adapters.media.child")


class SandboxDied(Exception):
    """A child ended, stalled, or answered what it may not. Another try may succeed."""


class Child:
    """One process, started in the folder of its job."""

    def __init__(self, folder: Path, watch: Watch = unwatched) -> None:
        self._watch = watch
        self._process = subprocess.Popen(  # nosec B603 - a fixed command, no shell
            _COMMAND,
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            close_fds=True,
            bufsize=0,
        )
        self._asks = _there(self._process.stdin)
        self._answers = _there(self._process.stdout)
        self._logs = _there(self._process.stderr)
        self._said = self._logged = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._answers, selectors.EVENT_READ)
        self._selector.register(self._logs, selectors.EVENT_READ)

    def start(self, setup: Mapping[str, Any]) -> Mapping[str, bool]:
        """Hand over the limits; return which parts of the confinement hold once they do."""
        confined = self.ask(setup, START_TIME_MOST).get("confined")
        if not isinstance(confined, dict):
            raise SandboxDied("The child did not confine itself.")
        missing = [part for part, held in confined.items() if held is not True]
        if missing:
            _log.warning("This system cannot confine the reading of media: %s.", missing)
        return {part: held is True for part, held in confined.items()}

    def ask(self, question: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """Return the one line that answers; raise SandboxDied if none comes in time."""
        try:
            self._asks.write(json.dumps(question).encode() + b"\n")
        except BrokenPipeError as error:
            raise self._died("ended") from error
        line = self._line(time.monotonic() + seconds)
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._died("answered nonsense") from error
        if not isinstance(answer, dict):
            raise self._died("answered nonsense")
        return answer

    def end(self) -> None:
        """Kill the process and whatever it started, and wait until it is gone."""
        # Until it is waited for, its id cannot belong to anybody else.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._selector.close()
        for stream in (self._asks, self._answers, self._logs):
            stream.close()

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._said:
            if len(self._said) > LINE_MOST:
                raise self._died("answered at too great length")
            ready = self._selector.select(min(max(deadline - time.monotonic(), 0), 1.0))
            streams = [key.fileobj for key, _ in ready]
            if not streams:
                if time.monotonic() >= deadline:
                    raise self._died("took too long")
                self._watch(None)
            # Its last words come before its end.
            if self._logs in streams:
                self._keep_log()
            if self._answers in streams:
                self._receive()
        line, _, self._said = self._said.partition(b"\n")
        return line

    def _receive(self) -> None:
        data = os.read(self._answers.fileno(), LINE_MOST)
        if not data:
            raise self._died("ended")
        self._said += data

    def _keep_log(self) -> None:
        data = os.read(self._logs.fileno(), LOG_MOST)
        self._logged = (self._logged + data)[-LOG_MOST:]
        if not data:
            self._selector.unregister(self._logs)

    def _died(self, how: str) -> SandboxDied:
        return SandboxDied(f"The child {how}; it said {self._logged!r}.")


def _there(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise SandboxDied("The child has no pipe.")
    return stream
