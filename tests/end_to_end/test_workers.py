"""Workers that run by themselves, and what the operator tells them to keep."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.hub import Hub, Member, running_hub
from tests.postgres import Postgres
from tests.waiting import eventually

VIDEOS = 6


@pytest.fixture
def hub(postgres_server: Postgres, tmp_path: Path) -> Iterator[Hub]:
    settings = {
        "database_url": postgres_server.url(postgres_server.create()),
        "worker": "external",
        "keep_originals": "no",
    }
    with running_hub(tmp_path, **settings) as hub:
        yield hub


def test_two_workers_never_do_the_same_job(hub: Hub, clip: Path) -> None:
    anna = Member(hub, "anna")
    ids = [anna.upload(clip).json()["id"] for _ in range(VIDEOS)]
    workers = [hub.command("worker") for _ in range(2)]
    try:
        videos = [anna.processed(video_id) for video_id in ids]
        assert {video["processing"]["state"] for video in videos} == {"ready"}
        for video in videos:
            dropped(anna, video)
        assert originals(hub) == []
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
    said = [worker.communicate(timeout=20)[0] for worker in workers]
    done = re.findall(r"job (\S+): (\w+), attempt (\d+)", "\n".join(said))
    by_kind = {kind: [job for job, of, _ in done if of == kind] for _, kind, _ in done}
    assert {attempt for _, _, attempt in done} == {"1"}
    assert set(by_kind) == {"process_video", "settle_original"}
    for jobs in by_kind.values():
        assert len(jobs) == len(set(jobs)) == VIDEOS


def dropped(anna: Member, video: Any) -> None:
    """Wait until nothing is left of what was sent, and see that it plays."""
    original = f"/media/{video['id']}/original.bin"
    eventually(lambda: anna.get(original).status_code == 404)
    assert anna.get(video["video_file"]).status_code == 200


def originals(hub: Hub) -> list[Path]:
    return [path for path in (hub.data_dir / "originals").rglob("*") if path.is_file()]
