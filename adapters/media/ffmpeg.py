"""The ffmpeg program of this installation, run in a job's folder, confined."""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, cast

import imageio_ffmpeg

from adapters.media.confinement import Limits
from videohub_core.videos.ports import Watch

LOG_MOST = 4096
_PACKAGES = Path(__file__).parents[2]
_COMMAND = (sys.executable, "-P", "-m", "adapters.media.confined_ffmpeg")
_ASKED_SECONDS = 30
_LOOK_SECONDS = 1.0


class TookTooLong(Exception):
    """ffmpeg was not done in time and has been ended."""


def environment() -> Mapping[str, str]:
    """Return all that a media process may know of this one's environment."""
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(_PACKAGES)}


@cache
def program() -> tuple[str, ...]:
    """Return the files that ffmpeg consists of, itself first: loader and libraries too.

    ld.so(8): with this variable the loader names what it would load and ends.
    """
    binary = str(Path(imageio_ffmpeg.get_ffmpeg_exe()).resolve())
    names = _ask(binary, "-version", LD_TRACE_LOADED_OBJECTS="1").split()
    libraries = (name for name in names if name.startswith("/"))
    return (binary, *(name for name in libraries if Path(name).is_file()))


def is_there() -> bool:
    try:
        return bool(program())
    except RuntimeError:
        # imageio-ffmpeg has no binary for this system, and found none either.
        return False


def version() -> str:
    """Return what ffmpeg calls its release, empty if it does not say."""
    words = _ask(program()[0], "-version").split()
    return words[2] if words[:2] == ["ffmpeg", "version"] else ""


@cache
def can_tone_map() -> bool:
    """Whether this build can show high dynamic range on ordinary screens."""
    filters = _ask(program()[0], "-hide_banner", "-filters").split()
    return {"zscale", "tonemap"} <= set(filters)


def _ask(*command: str, **environ: str) -> str:
    return subprocess.run(  # nosec B603 - a fixed command, no shell
        command,
        env={**environment(), **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_ASKED_SECONDS,
        check=False,
    ).stdout


def unwatched(_progress: float | None) -> None:
    """Watch nothing."""


def run(
    folder: Path,
    arguments: Sequence[str],
    limits: Limits,
    seconds: float,
    watch: Watch = unwatched,
    length: float = 0.0,
) -> tuple[int, bytes]:
    """Return ffmpeg's exit status, negative for a signal, and the end of what it said.

    `watch` is called about every second, with how much is done if the result's `length` in
    seconds is known; what it raises ends the process. So does the end of the thread that
    calls this.
    """
    setup = {
        "parent": os.getpid(),
        "program": program(),
        "arguments": ["-nostats", "-progress", "pipe:1", *arguments],
        "memory": limits.memory,
        "cpu": limits.cpu,
        "output": limits.output,
    }
    process = subprocess.Popen(  # nosec B603 - a fixed command, no shell
        (*_COMMAND, json.dumps(setup)),
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        close_fds=True,
        bufsize=0,
    )
    with process:
        try:
            said = _listen(process, time.monotonic() + seconds, watch, length)
            return process.wait(seconds), said
        except subprocess.TimeoutExpired as error:
            raise TookTooLong from error
        finally:
            # Until it is waited for, its id cannot belong to anybody else.
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.kill()


def _listen(
    process: subprocess.Popen[bytes], deadline: float, watch: Watch, length: float
) -> bytes:
    """Return the last of what it complains of until it closes both outputs."""
    heard = {process.stdout: b"", process.stderr: b""}
    looked = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for output in heard:
            if output is not None:
                selector.register(output, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(_LOOK_SECONDS):
                output = cast("IO[bytes]", key.fileobj)
                data = os.read(output.fileno(), LOG_MOST)
                if not data:
                    selector.unregister(output)
                heard[output] = (heard[output] + data)[-LOG_MOST:]
            now = time.monotonic()
            if now > deadline:
                raise TookTooLong
            if now - looked >= _LOOK_SECONDS:
                looked = now
                watch(_done(heard[process.stdout], length))
    return heard[process.stderr]


def _done(progress: bytes, length: float) -> float | None:
    """Return how much of so many seconds is made, by the last that ffmpeg told."""
    told = re.findall(rb"^out_time_us=(\d+)$", progress, re.MULTILINE)
    if not told or not length:
        return None
    return min(int(told[-1]) / 1_000_000 / length, 1.0)
