"""What the clock and the hints at jobs promise, the fakes included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.jobs.huey_hints import HueyJobHints
from adapters.jobs.huey_queue import open_sqlite_huey
from adapters.system_clock import SystemClock
from tests.fakes.simple import FakeClock, FakeHints
from videohub_core.shared.ids import JobId

ONE, TWO = JobId("job0000000000001"), JobId("job0000000000002")
Hinted = tuple[Any, Callable[[], list[str]]]


@pytest.fixture(params=["fake", "huey"])
def hints(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hinted]:
    """The port, and what a worker would be told."""
    if request.param == "fake":
        fake = FakeHints()
        yield fake, lambda: list(fake.hinted)
        return
    real = HueyJobHints(lambda: open_sqlite_huey(tmp_path / "queue.sqlite3"))
    yield real, lambda: [task.args[0] for task in real.huey.pending()]
    real.huey.storage.close()


def test_workers_are_told_of_every_job_in_order(hints: Hinted) -> None:
    port, told = hints
    port.jobs_wait([ONE, TWO])
    port.jobs_wait([ONE])
    assert told() == [ONE, TWO, ONE]


def test_no_jobs_are_no_hint(hints: Hinted) -> None:
    port, told = hints
    port.jobs_wait([])
    assert told() == []
    assert not port.hints_wait()


@pytest.mark.parametrize("clock", [FakeClock(), SystemClock()], ids=["fake", "system"])
def test_a_clock_tells_an_aware_time_in_utc(clock: Any) -> None:
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert clock.now() >= first
