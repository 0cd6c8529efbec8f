"""Starting, stopping, killing: no survivor, no lost job."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.hub import Hub, Member
from tests.waiting import eventually


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = Hub(tmp_path / "data", tmp_path / "log")
    yield hub
    for process in hub.survivors():
        process.kill()
    hub.process.wait(10)


def gone(hub: Hub) -> bool:
    return not hub.survivors()


@pytest.mark.parametrize("way", ["ctrl-c", "term", "hang-up"])
def test_a_signal_stops_the_whole_tree(hub: Hub, way: str) -> None:
    hub.start()
    worker = hub.worker()
    if way == "ctrl-c":
        hub.interrupt_group()
    else:
        hub.process.send_signal(signal.SIGTERM if way == "term" else signal.SIGHUP)
    started = time.monotonic()
    assert hub.process.wait(15) == 0
    assert time.monotonic() - started < 10
    assert not worker.is_running()
    assert gone(hub)


def test_a_killed_server_takes_its_worker_along(hub: Hub) -> None:
    hub.start()
    hub.worker()
    hub.process.kill()
    hub.process.wait(10)
    eventually(lambda: gone(hub))


def test_a_dead_worker_is_started_again(hub: Hub) -> None:
    hub.start()
    first = hub.worker()
    first.kill()
    eventually(lambda: hub.worker().pid != first.pid)
    assert hub.stop() == 0


def test_reload_replaces_the_tree_and_ctrl_c_ends_it(hub: Hub) -> None:
    hub.start("--reload")
    first = hub.worker()
    source = Path(__file__).parents[2] / "entrypoints" / "settings.py"
    times = count(int(source.stat().st_mtime) + 1)

    def saved_and_seen() -> bool:
        # What an editor does; again, since the watcher first has to note the file.
        os.utime(source, (next(times),) * 2)
        return not first.is_running()

    eventually(saved_and_seen, 30)
    second = hub.worker()
    assert second.pid != first.pid
    eventually(hub._is_ready, 30)
    hub.note_processes()
    hub.interrupt_group()
    hub.process.wait(15)
    eventually(lambda: gone(hub))


def test_a_second_start_on_the_same_folder_says_so(hub: Hub, tmp_path: Path) -> None:
    hub.start()
    second = Hub(hub.data_dir, tmp_path / "second-log")
    assert second.popen().wait(20) == 1
    said = second.log.read_text()
    assert "Another hub" in said
    assert str(hub.process.pid) in said
    assert "Traceback" not in said
    assert hub.stop() == 0


def test_a_port_in_use_is_said_and_nothing_stays(hub: Hub) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", hub.port))
        taken.listen()
        assert hub.popen().wait(20) == 1
    assert "Cannot listen" in hub.log.read_text()
    assert "Traceback" not in hub.log.read_text()
    hub.start()


def test_wrong_settings_are_all_named_at_once(tmp_path: Path) -> None:
    hub = Hub(tmp_path, tmp_path / "log", worker="sometimes", quota="much")
    assert hub.popen().wait(20) == 1
    said = hub.log.read_text()
    assert "VIDEOHUB_WORKER" in said
    assert "VIDEOHUB_QUOTA" in said
    assert "Traceback" not in said


def test_killing_the_worker_in_the_middle_of_a_job_loses_nothing(
    hub: Hub, large_clip: Path
) -> None:
    hub.start()
    anna = Member(hub, "anna")
    worker = hub.worker()
    video_id = anna.upload(large_clip).json()["id"]
    anna.processed(video_id, until=("probing", "playable", "ready"))
    children = worker.children(recursive=True)
    worker.kill()
    assert anna.processed(video_id)["processing"]["state"] == "ready"
    eventually(lambda: not any(psutil.pid_exists(child.pid) for child in children))


def test_killing_everything_in_the_middle_of_a_job_loses_nothing(
    hub: Hub, large_clip: Path
) -> None:
    hub.start()
    anna = Member(hub, "anna")
    video_id = anna.upload(large_clip).json()["id"]
    hub.worker()
    hub.process.kill()
    hub.process.wait(10)
    eventually(lambda: gone(hub))
    hub.start()
    assert anna.processed(video_id)["processing"]["state"] == "ready"
