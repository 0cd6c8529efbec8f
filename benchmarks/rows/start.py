"""P12: how soon the first answer comes, and what an idle hub takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import psutil
import requests

from benchmarks.harness import Row, Run, at_most
from tests.end_to_end.hub import ROOT, Hub, free_port
from tests.waiting import eventually

REFERENCE = "plain Pyramid, SQLAlchemy, waitress"
_ROUNDS = 7

Started = AbstractContextManager[psutil.Process]


def start(run: Run) -> Iterator[Row]:
    """P12: from nothing to the first answer, and the memory of all processes after that."""
    with tempfile.TemporaryDirectory(dir=run.folder) as name:
        place = Path(name)
        # The database is made at the first start; later ones find it.
        with _hub(place):
            pass
        yield run.compare(
            "P12",
            "cold start to first answer",
            unit="s",
            reference=(REFERENCE, lambda: _seconds(_plain(place))),
            ours=lambda: _seconds(_hub(place)),
            aim=at_most(1.5),
            rounds=_ROUNDS,
        )
        yield run.compare(
            "P12",
            "memory of the idle process tree",
            unit="MB",
            reference=(REFERENCE, lambda: _memory(_plain(place))),
            ours=lambda: _memory(_hub(place)),
            aim=at_most(1.5),
            rounds=_ROUNDS,
            note="proportional set size: what is shared counts once",
        )


def _seconds(started: Started) -> float:
    """Return how long it takes to the first answer; ending is not counted."""
    begun = time.perf_counter()
    with started:
        return time.perf_counter() - begun


def _memory(started: Started) -> float:
    with started as process:
        sizes: list[int] = []

        def is_idle() -> bool:
            """Tell whether nobody takes more memory any more."""
            tree = [process, *process.children(recursive=True)]
            sizes.append(sum(one.memory_full_info().pss for one in tree))
            return len(sizes) > 20 and max(sizes[-20:]) - min(sizes[-20:]) < 1 << 20

        eventually(is_idle, 30)
        return sizes[-1] / 2**20


@contextmanager
def _hub(place: Path) -> Iterator[psutil.Process]:
    hub = Hub(place / "data", place / "log")
    hub.process = hub.popen()
    try:
        _wait(f"{hub.url}/api/v1/videos")
        yield psutil.Process(hub.process.pid)
    finally:
        hub.note_processes()
        hub.stop()


@contextmanager
def _plain(place: Path) -> Iterator[psutil.Process]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "benchmarks.plain",
        str(port),
        str(place / "plain.sqlite3"),
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait(f"http://127.0.0.1:{port}/")
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str) -> None:
    def answers() -> bool:
        with suppress(requests.ConnectionError):
            return requests.get(url, timeout=10).status_code == 200
        return False

    eventually(answers, 30)
