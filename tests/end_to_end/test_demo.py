"""`videohub demo` as a newcomer runs it: all of it, killed half-way, then beside a hub."""

from __future__ import annotations

import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from entrypoints.cli.demo_content import MEMBERS, PASSWORD, VIDEOS
from tests.end_to_end.hub import ROOT, Hub
from tests.waiting import eventually

EMPTY = "The hub is empty. To fill it with members and videos, run: "


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = Hub(tmp_path / "data", tmp_path / "log")
    yield hub
    if hasattr(hub, "process"):
        hub.stop()


def titles(hub: Hub, which: str = "true") -> list[str]:
    """Return the titles of the videos there are, processed or not."""
    path = hub.data_dir / "videohub.sqlite3"
    if not path.exists():
        return []
    with sqlite3.connect(path) as database:
        try:
            found = [
                row[0] for row in database.execute(f"SELECT title FROM videos WHERE {which}")
            ]
        except sqlite3.OperationalError:
            # It is being made.
            found = []
    database.close()
    return found


def public(hub: Hub) -> Any:
    return requests.get(f"{hub.url}/api/v1/videos?limit=100", timeout=10).json()["items"]


@pytest.mark.timeout(300)
def test_the_whole_demo_killed_half_way_and_gone_on_with_beside_a_hub(hub: Hub) -> None:
    started = hub.command("demo")
    eventually(lambda: len(titles(hub, "published_at IS NOT NULL")) >= 3, 60)
    root = psutil.Process(started.pid)
    processes = [root, *root.children(recursive=True)]
    started.kill()
    started.communicate()
    # The worker ends when whoever it worked for is gone; ffmpeg when its clip is drawn.
    eventually(lambda: not any(map(is_alive, processes)), 30)
    half_way = titles(hub)
    assert len(half_way) < len(VIDEOS)

    hub.start()
    assert EMPTY not in hub.log.read_text()
    again = hub.command("demo")
    said, _ = again.communicate(timeout=240)
    assert again.returncode == 0, said
    assert f"{len(VIDEOS) - len(half_way)} videos" in said
    assert PASSWORD in said
    assert f"Look around at http://localhost:{hub.port}" in said
    assert Counter(titles(hub)) == Counter(video.title for video in VIDEOS)

    found = public(hub)
    assert [video["title"] for video in found] == [video.title for video in VIDEOS]
    assert {video["processing"]["state"] for video in found} == {"ready"}
    assert len({video["channel"]["id"] for video in found}) == len(MEMBERS)
    assert any(video["height"] > video["width"] for video in found), "none is upright"
    for shown, video in zip(found, VIDEOS, strict=True):
        age = datetime.now(UTC) - datetime.fromisoformat(shown["published_at"])
        assert abs(age - timedelta(days=video.days)) < timedelta(hours=1)

    third = hub.command("demo")
    said, _ = third.communicate(timeout=60)
    assert third.returncode == 0
    assert "Everything is there already: nothing was added." in said


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_an_empty_hub_says_in_one_line_how_to_fill_it(hub: Hub) -> None:
    hub.start()
    (line,) = [line for line in hub.log.read_text().splitlines() if EMPTY in line]
    command, _, rest = line.partition(EMPTY)[2].rpartition(" ")
    assert rest == "demo"
    # As it is called from where the hub was started.
    done = subprocess.run([command, "--help"], cwd=ROOT, capture_output=True, check=True)
    assert b"demo" in done.stdout
