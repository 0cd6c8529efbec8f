"""The worker removes what killed processes left, on real files and a real database."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from entrypoints.container import Container
from entrypoints.worker import tidying as tidying_module
from entrypoints.worker.tidying import Tidying
from tests.factories.entities import make_channel, make_user, make_video
from tests.waiting import eventually
from videohub_core.shared.errors import Unavailable
from videohub_core.videos.entities import MediaKey

ORIGINAL = MediaKey("originals/up/upload0000000001")

Start = Callable[..., Tidying]


@pytest.fixture
def start(container: Container) -> Iterator[Start]:
    started = []

    def start(every: float = tidying_module.DAY_SECONDS, of: Any = container) -> Tidying:
        started.append(Tidying(of, every=every))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], list[tuple[str, str]]]:
    """Return what tidying has logged so far, with the levels."""
    caplog.set_level(logging.INFO, logger=tidying_module.__name__)

    def told() -> list[tuple[str, str]]:
        mine = [each for each in caplog.records if each.name == tidying_module.__name__]
        return [(each.levelname, each.getMessage()) for each in mine]

    return told


@pytest.fixture
def video(container: Container) -> Any:
    """A video whose original is there."""
    user = make_user()
    channel = make_channel(user)
    video = make_video(channel, original=ORIGINAL)
    with container.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        uow.videos.add(video)
        uow.commit()
    put(container, ORIGINAL)
    return video


def put(container: Container, name: str, age: float = 8 * 24 * 3600.0) -> Path:
    path: Path = container.settings().data_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left")
    earlier = time.time() - age
    for aged in (path, path.parent):
        os.utime(aged, (earlier, earlier))
    return path


def test_what_killed_processes_left_goes_by_itself(
    container: Container, video: Any, start: Start, log: Any
) -> None:
    names = [f"media/{video.id}/captions-ru-a.vtt", "incoming/abc.part"]
    left = [put(container, name) for name in names]
    folder = put(container, "work/job1/original").parent
    young = put(container, "incoming/young.part", 6 * 24 * 3600.0)
    start()
    eventually(lambda: len(log()) == 3)
    assert not any(path.exists() for path in (*left, folder))
    assert young.exists()
    assert (container.settings().data_dir / ORIGINAL).exists()
    deleted = [f"deleted {name}, which nothing named" for name in (*names, "work/job1")]
    assert sorted(log()) == sorted(("INFO", line) for line in deleted)


def test_it_is_looked_again_after_a_while(
    container: Container, video: Any, start: Start
) -> None:
    tidying = start(every=0.01)
    for number in range(3):
        left = put(container, f"media/{video.id}/chosen-{number}.jpg")
        eventually(lambda left=left: not left.exists())
    tidying.stop()


def test_what_is_missing_is_told(
    container: Container, video: Any, start: Start, log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (container.settings().data_dir / ORIGINAL).unlink()
    start()
    missing = ("WARNING", f"video {video.id}: {ORIGINAL} is missing")
    eventually(log)
    assert log() == [missing]
    monkeypatch.setattr(tidying_module, "_NAMED_MOST", 0)
    start()
    eventually(lambda: len(log()) == 2)
    assert log()[1:] == [("WARNING", "1 files are missing in all")]


def test_most_of_all_files_are_not_deleted(
    container: Container, video: Any, start: Start, log: Any
) -> None:
    others = [put(container, f"media/{video.id}x/{number}.mp4") for number in range(30)]
    start()
    eventually(log)
    assert all(path.exists() for path in others)
    ((level, line),) = log()
    assert level == "WARNING"
    assert "No row names 30 files" in line


class Failing:
    """A container whose check fails the first time."""

    def __init__(self, error: Exception) -> None:
        self.errors = [error]
        self.checked = 0

    def fold_views(self) -> Callable[[], None]:
        return lambda: None

    def check_storage(self) -> Callable[..., list[Any]]:
        return self.check

    def check(self, *, repair: bool, **_more: Any) -> list[Any]:
        if self.errors:
            raise self.errors.pop()
        self.checked += repair
        return []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Unavailable(), ("WARNING", "files and rows could not be compared")),
        (OSError("disk"), ("ERROR", "tidying failed")),
    ],
)
def test_what_fails_is_tried_again(
    start: Start, log: Any, error: Exception, told: tuple[str, str]
) -> None:
    failing = Failing(error)
    start(every=0.01, of=failing)
    eventually(lambda: failing.checked)
    assert log() == [told]
