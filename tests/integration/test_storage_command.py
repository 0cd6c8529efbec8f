"""`videohub storage` on real files and a real database."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from adapters.media.local_files import LocalMediaStore
from entrypoints.cli import storage as storage_module
from entrypoints.container import Container
from tests.factories.entities import make_channel, make_user, make_video
from videohub_core.shared.errors import Unavailable
from videohub_core.videos.entities import MediaKey

Command = Callable[..., Result]

ORIGINAL = MediaKey("originals/up/upload0000000001")


@pytest.fixture
def data_dir(container: Container) -> Path:
    """A data folder with one video and its original."""
    user = make_user()
    channel = make_channel(user)
    video = make_video(channel, original=ORIGINAL)
    with container.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        uow.videos.add(video)
        uow.commit()
    folder: Path = container.settings().data_dir
    put(folder, ORIGINAL)
    return folder


def put(data_dir: Path, name: str, size: int = 1000) -> Path:
    path = data_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    earlier = time.time() - 7200
    for aged in (path, path.parent):
        os.utime(aged, (earlier, earlier))
    return path


def test_files_and_rows_that_agree(videohub: Command, data_dir: Path) -> None:
    assert (data_dir / "originals").is_dir()
    done = videohub("storage", "check")
    assert (done.exit_code, done.output) == (0, "Files and rows agree.\n")


def test_what_is_found_is_told_and_repaired(videohub: Command, data_dir: Path) -> None:
    lost = put(data_dir, "media/gone/a-1.mp4", 1234)
    held = put(data_dir, "originals/up/upload.held", 6)
    left = put(data_dir, "work/job1/made", 60)
    (data_dir / ORIGINAL).unlink()
    done = videohub("storage", "check")
    assert done.exit_code == 1
    assert "4 found, 0 deleted; 1,300 bytes that nothing names." in done.output
    for name in ("media/gone/a-1.mp4", "upload.held", "work/job1", ORIGINAL):
        assert name in done.output
    assert lost.exists()
    done = videohub("storage", "check", "--repair")
    assert done.exit_code == 1, "a file is still missing"
    assert "4 found, 3 deleted" in done.output
    assert not any(path.exists() for path in (lost.parent, held, left.parent))
    put(data_dir, ORIGINAL)
    assert videohub("storage", "check").exit_code == 0


def test_the_files_of_another_hub_are_not_deleted(videohub: Command, data_dir: Path) -> None:
    others = [put(data_dir, f"media/video{number}/a-1.mp4") for number in range(30)]
    done = videohub("storage", "check", "--repair")
    assert done.exit_code == 1
    assert "No row names 30 files" in done.output
    assert all(path.exists() for path in others)
    assert videohub("storage", "check", "--repair", "--even-most").exit_code == 0
    assert not any(path.exists() for path in others)
    assert (data_dir / ORIGINAL).exists()


def test_findings_as_json(videohub: Command, data_dir: Path) -> None:
    put(data_dir, "media/gone/a-1.mp4", 7)
    done = videohub("storage", "check", "--json", "--repair")
    assert done.exit_code == 0
    (found,) = [json.loads(line) for line in done.output.splitlines()]
    assert found.pop("modified")
    assert found == {
        "fault": "orphan",
        "name": "media/gone/a-1.mp4",
        "video": None,
        "size": 7,
        "removed": True,
    }


def test_a_long_table_is_cut(
    videohub: Command, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_module, "TABLE_ROWS", 1)
    for name in "ab":
        put(data_dir, f"media/gone/{name}.mp4")
    done = videohub("storage", "check")
    assert "1 more are not shown" in done.output
    assert "2 found" in done.output


def test_a_store_that_is_away_is_said(
    videohub: Command, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def files(_store: LocalMediaStore) -> Any:
        raise Unavailable

    assert data_dir.is_dir()
    monkeypatch.setattr(LocalMediaStore, "files", files)
    done = videohub("storage", "check")
    assert done.exit_code == 1
    assert "does not answer" in done.output
