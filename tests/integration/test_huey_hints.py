"""Hints through a real Huey queue."""

from __future__ import annotations

import pickle
import queue
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from huey.consumer import Consumer

from adapters.jobs.huey_hints import HueyJobHints
from adapters.jobs.huey_queue import open_sqlite_huey
from videohub_core.shared.ids import JobId

ONE, TWO = JobId("job0000000000001"), JobId("job0000000000002")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@pytest.fixture
def sender(path: Path) -> Iterator[HueyJobHints]:
    hints = HueyJobHints(lambda: open_sqlite_huey(path))
    yield hints
    hints.close()


@pytest.fixture
def taken(path: Path) -> Iterator[queue.Queue[str]]:
    """What a consumer on the same queue gets to run."""
    found: queue.Queue[str] = queue.Queue()
    hints = HueyJobHints(lambda: open_sqlite_huey(path))

    def run(job_id: JobId) -> None:
        found.put(job_id)
        if job_id == "explode":
            raise ZeroDivisionError

    hints.serve(run)
    consumer = Consumer(hints.huey, initial_delay=0.01, max_delay=0.01, periodic=False)
    # `start` would also take over the signals, which belong to pytest here.
    consumer._set_signal_handlers = lambda: None
    consumer.start()
    yield found
    consumer.stop(graceful=True)
    hints.close()


def test_hints_reach_the_worker(sender: HueyJobHints, taken: queue.Queue[str]) -> None:
    sender.jobs_wait([ONE, TWO])
    assert {taken.get(timeout=10), taken.get(timeout=10)} == {ONE, TWO}


def test_a_job_that_fails_does_not_end_the_worker(
    sender: HueyJobHints, taken: queue.Queue[str]
) -> None:
    sender.jobs_wait([JobId("explode"), ONE])
    assert [taken.get(timeout=10), taken.get(timeout=10)] == ["explode", ONE]


def test_a_pickle_in_the_queue_is_not_opened(
    sender: HueyJobHints, taken: queue.Queue[str], path: Path, tmp_path: Path
) -> None:
    proof = tmp_path / "proof"

    class Malicious:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return Path.touch, (proof,)

    sender.huey.storage.enqueue(pickle.dumps(Malicious()))
    sender.jobs_wait([ONE])
    assert taken.get(timeout=10) == ONE
    assert not proof.exists()


def test_ids_are_all_that_is_in_the_queue(sender: HueyJobHints, path: Path) -> None:
    sender.jobs_wait([ONE])
    with sqlite3.connect(path) as queued:
        ((data,),) = queued.execute("select data from task").fetchall()
    queued.close()
    assert ONE.encode() in bytes(data)
    assert bytes(data).startswith(b"[")


def test_a_queue_that_does_not_take_hints_is_no_error(
    sender: HueyJobHints, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sender.jobs_wait([TWO])
    assert "did not take a hint" not in caplog.text
    with sqlite3.connect(path) as broken:
        broken.execute("drop table task")
    broken.close()
    sender.jobs_wait([ONE])
    assert "did not take a hint" in caplog.text


def test_a_queue_that_cannot_be_opened_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    hints = HueyJobHints(lambda: open_sqlite_huey(tmp_path / "file" / "queue.sqlite3"))
    hints.jobs_wait([ONE])
    assert "did not take a hint" in caplog.text
    assert not hints.hints_wait()
    hints.close()


def test_a_queue_in_a_file_needs_no_other_driver(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from adapters.jobs import huey_queue; "
        "huey_queue.open_sqlite_huey(Path(sys.argv[1])); "
        "assert not {'redis', 'psycopg'} & set(sys.modules); import redis, psycopg"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "q.sqlite3")], check=True)
