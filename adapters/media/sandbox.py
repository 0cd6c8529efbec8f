"""Untrusted files are opened in a child process, and its answers are not trusted either.

Each open file has a child and a folder of its own, both gone when the context ends:
`<work folder>/<job>/original` is lent for reading, `made` takes what the child writes.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import selectors
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Protocol

from adapters.media.job_folder import MADE, ORIGINAL, PLAYABLE, POSTER
from videohub_core.videos.entities import MediaInfo, MediaKey
from videohub_core.videos.errors import REFUSALS, MediaRefused
from videohub_core.videos.ports import SandboxedMedia

_log = logging.getLogger(__name__)

DURATION_MOST = 12 * 3600.0
STEP_TIME_MOST = 600.0
START_TIME_MOST = 30.0
MEMORY_MOST = 2 * 1024**3
"""Address space, of which the libraries of libav alone take some 300 MiB."""

SIDE_MOST = 65_536
PLAYABLE_MARGIN = 64 * 1024**2
"""How much an MP4 may be larger than its original: for an index of twelve hours."""
POSTER_MOST = 8 * 1024**2
LINE_MOST = 4096
LOG_MOST = 4096

_PACKAGES = Path(__file__).parents[2]
_COMMAND = (sys.executable, "-P", "-m", "adapters.media.child")


class SandboxDied(Exception):
    """The child ended, stalled, or answered what it may not. Another try may succeed."""


class Lender(Protocol):
    """What the sandbox needs of `MediaStore`."""

    def lend(self, key: MediaKey, to: Path) -> None: ...


class ChildProcessSandbox:
    """`MediaSandbox` with one confined child process for each file."""

    def __init__(
        self,
        work_folder: Path,
        media: Lender,
        *,
        duration_most: float = DURATION_MOST,
        time_most: float = STEP_TIME_MOST,
        memory_most: int = MEMORY_MOST,
    ) -> None:
        self._work_folder = work_folder
        self._media = media
        self._duration_most = duration_most
        self._time_most = time_most
        self._memory_most = memory_most

    @contextlib.contextmanager
    def open(self, original: MediaKey, job: str) -> Iterator[SandboxedMedia]:
        with self._folder(job) as folder:
            self._media.lend(original, folder / ORIGINAL)
            output_most = (folder / ORIGINAL).stat().st_size + PLAYABLE_MARGIN
            child = _Child(folder)
            try:
                child.start(self._setup(output_most))
                yield _ChildMedia(
                    child, folder / MADE, self._duration_most, self._time_most, output_most
                )
            finally:
                child.end()

    def clear(self) -> None:
        """Delete what earlier processes left behind. Nobody else may be at work here."""
        shutil.rmtree(self._work_folder, ignore_errors=True)

    @contextlib.contextmanager
    def _folder(self, job: str) -> Iterator[Path]:
        folder = self._work_folder / job
        if folder.exists():
            # An earlier attempt was killed before it could clear away.
            shutil.rmtree(folder)
        try:
            folder.mkdir(parents=True, mode=0o700)
            (folder / MADE).mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _setup(self, output_most: int) -> Mapping[str, Any]:
        return {
            "memory": self._memory_most,
            "cpu": math.ceil(self._time_most),
            "output": output_most,
            "duration": self._duration_most,
        }


class _ChildMedia:
    """`SandboxedMedia` in a child."""

    def __init__(
        self,
        child: _Child,
        made: Path,
        duration_most: float,
        time_most: float,
        output_most: int,
    ) -> None:
        self._child = child
        self._made = made
        self._duration_most = duration_most
        self._time_most = time_most
        self._output_most = output_most

    def probe(self) -> MediaInfo:
        info = self._ask("probe").get("info")
        if not isinstance(info, dict):
            raise SandboxDied("The child did not say what the file holds.")
        return MediaInfo(
            duration=self._duration(info.get("duration")),
            width=_side(info.get("width")),
            height=_side(info.get("height")),
        )

    def remux(self) -> Path:
        if self._ask("remux").get("made") is not True:
            raise SandboxDied("The child did not write the video.")
        return _made(self._made / PLAYABLE, self._output_most)

    def poster(self) -> Path | None:
        if self._ask("poster").get("made") is not True:
            return None
        return _made(self._made / POSTER, POSTER_MOST)

    def _ask(self, step: str) -> Mapping[str, Any]:
        answer = self._child.ask({"step": step}, self._time_most)
        reason = answer.get("refused")
        if isinstance(reason, str) and reason in REFUSALS:
            raise MediaRefused(reason)
        if "failed" in answer:
            raise SandboxDied(f"The child failed to {step}: {answer['failed']!r}")
        return answer

    def _duration(self, value: object) -> float:
        if not isinstance(value, float) or not 0 < value <= self._duration_most:
            raise SandboxDied("The child named an impossible duration.")
        return value


def _side(value: object) -> int:
    # JSON's true is an int to Python.
    if type(value) is not int or not 0 < value <= SIDE_MOST:
        raise SandboxDied("The child named an impossible size.")
    return value


def _made(path: Path, most: int) -> Path:
    """Return the path if it is a plain file of its own, of a size that can be."""
    try:
        found = path.lstat()
    except OSError as error:
        raise SandboxDied("The child did not write what it said.") from error
    plain = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
    if not plain or not 0 < found.st_size <= most:
        raise SandboxDied("The child wrote something else than a file that can be.")
    return path


class _Child:
    """The process, and lines of JSON to and from it."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(  # nosec B603 - a fixed command, no shell
            _COMMAND,
            cwd=folder,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(_PACKAGES)},
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

    def start(self, setup: Mapping[str, Any]) -> None:
        """Hand over the limits and wait until the child has locked itself in."""
        confined = self.ask(setup, START_TIME_MOST).get("confined")
        if not isinstance(confined, dict):
            raise SandboxDied("The child did not confine itself.")
        missing = [part for part, held in confined.items() if held is not True]
        if missing:
            _log.warning("This system cannot confine the reading of media: %s.", missing)

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
            ready = self._selector.select(max(deadline - time.monotonic(), 0))
            streams = [key.fileobj for key, _ in ready]
            if not streams:
                raise self._died("took too long")
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
