"""P8b: what connections that stall cost everybody else."""

from __future__ import annotations

import http.client
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks.harness import Row, Run, Sample, at_least, at_most
from benchmarks.rows.media import RANGE, store_large
from tests.end_to_end.hub import Hub, Member, running_hub, stored_files
from tests.end_to_end.test_uploads import connect, part
from tests.waiting import eventually

STALLED = 8
"""Of each: uploads that send nothing more, downloads that take nothing more."""
CALLS = 1000
_RATES = "read=100000000/second write=100000000/second"
_SENT = 1 << 20


def stalled(run: Run) -> Iterator[Row]:
    """P8b: a hot list and a range of a file, beside 16 that stall and without them."""
    with tempfile.TemporaryDirectory(dir=run.folder) as name:
        path = store_large(Path(name))
        with running_hub(Path(name), rate_limits=_RATES) as hub:
            member = Member(hub, "sender")
            for what, address, headers in (
                ("hot list", "/api/v1/videos", {}),
                ("range of 64 KiB", path, {"Range": f"bytes=0-{RANGE - 1}"}),
            ):
                caller = Caller(hub, address, headers)
                for figure, unit, sample, aim in (
                    ("server's time for one", "s", caller.server_time, at_most(1.05)),
                    ("requests/s", "requests/s", caller.per_second, at_least(0.95)),
                    ("p99", "s", caller.p99, at_most(1.1)),
                ):
                    yield run.compare(
                        "P8b",
                        f"{what}, {figure}, beside {2 * STALLED} that stall",
                        unit=unit,
                        reference=("the same without them", sample),
                        ours=_beside(member, path, sample),
                        aim=aim,
                    )


class Caller:
    """Somebody who asks for one thing again and again over one connection."""

    def __init__(self, hub: Hub, path: str, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
        self._server = psutil.Process(hub.process.pid)
        self._path = path
        self._headers = headers

    def server_time(self) -> float:
        """Return the processor time that a request takes: a busy machine changes it least."""
        before = self._spent()
        self._times()
        return (self._spent() - before) / CALLS

    def per_second(self) -> float:
        return CALLS / sum(self._times())

    def p99(self) -> float:
        return statistics.quantiles(self._times(), n=100)[-1]

    def _spent(self) -> float:
        used = self._server.cpu_times()
        return float(used.user + used.system)

    def _times(self) -> list[float]:
        times = []
        for _ in range(CALLS):
            begun = time.perf_counter()
            self._connection.request("GET", self._path, headers=self._headers)
            answer = self._connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - begun)
            assert answer.status in (200, 206)
        return times


def _beside(member: Member, path: str, sample: Sample) -> Callable[[], float]:
    def measured() -> float:
        with _stalling(member, path):
            return sample()

    return measured


@contextmanager
def _stalling(member: Member, path: str) -> Iterator[None]:
    """Hold uploads open in the middle of a file, and downloads in the middle of another."""
    hub, begun = member.hub, part("title", b"Stalled") + part("file", bytes(_SENT), "a.mp4")
    before = stored_files(hub)
    with ExitStack() as stack:
        for _ in range(STALLED):
            upload = stack.enter_context(connect(member, 2 * len(begun)))
            upload.sendall(begun)
            stack.enter_context(_download(hub, path))
        eventually(lambda: len(stored_files(hub)) == len(before) + STALLED)
        yield
    # What begins and ends with them is nobody's cost.
    eventually(lambda: stored_files(hub) == before)


def _download(hub: Hub, path: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", hub.port), timeout=20)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{hub.port}\r\n\r\n"
    connection.sendall(head.encode())
    connection.recv(1)
    return connection
