"""`videohub import` beside a hub, without one, killed, and twice at once."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.hub import Hub, Member, stored_files
from tests.waiting import eventually

FILES = 40


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with one member, that is not running."""
    hub = Hub(tmp_path / "data", tmp_path / "log")
    Member(hub.start(), "anna")
    hub.stop()
    yield hub
    hub.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number}.mp4").write_bytes(b"%d " % number * 100_000)
    return folder


def rows(hub: Hub, table: str) -> int:
    with sqlite3.connect(hub.data_dir / "videohub.sqlite3") as database:
        found: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    database.close()
    return found


def test_what_is_imported_beside_a_running_hub_is_processed(
    shared_hub: Hub, anna: Member, clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "Узлы_и-петли.mp4").write_bytes(clip.read_bytes())
    started = shared_hub.command("import", tmp_path, "--as", anna.email, "--tag", "узлы")
    said, _ = started.communicate(timeout=60)
    assert started.returncode == 0, said
    assert "will be processed" not in said
    (video,) = anna.get("/api/v1/me/videos").json()["items"]
    assert (video["title"], video["tags"]) == ("Узлы и петли", ["узлы"])
    assert anna.processed(video["id"])["processing"]["state"] == "ready"


def test_what_is_imported_without_a_hub_is_processed_when_it_runs(
    hub: Hub, clip: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "clip.mp4").write_bytes(clip.read_bytes())
    started = hub.command("import", folder, "--as", "anna@example.test", "--keep-dates")
    said, _ = started.communicate(timeout=60)
    assert started.returncode == 0, said
    assert "The videos will be processed when the hub runs: videohub up" in said
    boris = Member(hub.start(), "boris")

    def published() -> Any:
        return boris.get("/api/v1/videos").json()["items"]

    (video,) = eventually(published, 30)
    assert video["published_at"] == video["upload_date"]


def test_killed_at_any_point_nothing_is_lost_and_nothing_is_double(
    hub: Hub, folder: Path
) -> None:
    for goal in (1, 10, 11, 30):
        started = hub.command("import", folder, "--as", "anna@example.test")
        eventually(lambda goal=goal: rows(hub, "videos") >= goal)
        started.kill()
        started.communicate()
    done, _ = (last := hub.command("import", folder, "--as", "anna@example.test")).communicate()
    assert last.returncode == 0, done
    assert rows(hub, "videos") == rows(hub, "(SELECT DISTINCT origin FROM videos)") == FILES
    left_over = rows(hub, "uploads")
    assert left_over <= 4, "more than the files in hand when it was killed"
    assert FILES <= len(stored_files(hub)) <= FILES + left_over


def test_two_imports_at_once_make_each_video_once(hub: Hub, folder: Path) -> None:
    started = [hub.command("import", folder, "--as", "anna@example.test") for _ in range(2)]
    for process in started:
        said, _ = process.communicate(timeout=90)
        assert process.returncode == 0, said
    assert rows(hub, "videos") == FILES
    assert rows(hub, "uploads") == 0
    assert len(stored_files(hub)) == FILES


def test_ctrl_c_ends_it_soon_and_the_next_run_goes_on(hub: Hub, folder: Path) -> None:
    started = hub.command("import", folder, "--as", "anna@example.test")
    eventually(lambda: rows(hub, "videos"))
    pressed = time.monotonic()
    started.send_signal(signal.SIGINT)
    said, _ = started.communicate(timeout=30)
    assert started.returncode == 130, said
    assert time.monotonic() - pressed < 5
    assert "Run the same command again to go on." in said
    assert 0 < rows(hub, "videos") < FILES
    assert rows(hub, "uploads") == 0
    assert len(stored_files(hub)) == rows(hub, "videos")
    again = hub.command("import", folder, "--as", "anna@example.test")
    said, _ = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert rows(hub, "videos") == FILES
