"""Originals go to where the other files are once nothing more is made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from entrypoints.container import reactions
from tests.factories.entities import NOW, make_channel, make_user, make_video
from tests.fakes.files import FakeFiles
from tests.fakes.simple import FakeClock, FakeHints, FakeIds
from tests.fakes.storage import FakeStorage
from videohub_core.jobs.entities import JobKind
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.use_cases.archive_original import ArchiveOriginal


@pytest.fixture
def storage(ids: FakeIds, clock: FakeClock, hints: FakeHints) -> FakeStorage:
    return FakeStorage(
        reactions(ids, clock, FakeFiles(), True, archives_originals=True), hints, clock
    )


@pytest.fixture
def video(storage: FakeStorage) -> Any:
    """A video that has just become ready."""
    user = make_user()
    channel = make_channel(user)
    video = make_video(channel)
    with storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        uow.videos.add(video)
        video.become_ready()
        uow.commit()
    return video


def archive(storage: FakeStorage, files: Any) -> None:
    (job_id,) = [j.id for j in storage.rows.jobs.values() if j.kind is JobKind.SETTLE_ORIGINAL]
    with storage.uow() as uow:
        lease = uow.jobs.get(job_id).lease("worker", NOW)  # type: ignore[union-attr]
        uow.commit()
    ArchiveOriginal(storage.uow(), files)(lease=lease)


def test_a_ready_video_lets_its_original_go(storage: FakeStorage, video: Any) -> None:
    files = FakeFiles()
    files.bytes[video.original] = b"original"
    archive(storage, files)
    assert files.archived == [video.original]
    assert storage.rows.jobs == {}


class Slow(FakeFiles):
    """Something happens while an original is archived."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    def archive(self, key: MediaKey) -> None:
        self._meanwhile()
        self.bytes[key] = b"in the bucket"


def test_a_video_that_is_deleted_meanwhile_leaves_nothing(
    storage: FakeStorage, video: Any
) -> None:
    def delete() -> None:
        with storage.uow() as uow:
            uow.videos.remove(uow.videos.get(video.id))  # type: ignore[arg-type]
            uow.commit()

    files = Slow(delete)
    archive(storage, files)
    assert files.bytes == {}
    assert storage.rows.jobs == {}


def test_a_store_that_is_away_is_waited_for(storage: FakeStorage, video: Any) -> None:
    def fail() -> None:
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        archive(storage, Slow(fail))
    (job,) = storage.rows.jobs.values()
    for _ in range(30):
        job.retry_later(NOW, "away")
        lease = job.lease("worker", NOW)
    assert lease.exhausted
    assert job.next_at - NOW <= timedelta(hours=8)
    files = FakeFiles()
    files.bytes[video.original] = b"original"
    archive(storage, files)
    assert files.archived == [video.original], "it is never given up"


def test_without_a_bucket_there_is_no_such_job(fake_storage: FakeStorage) -> None:
    user = make_user()
    channel = make_channel(user)
    with fake_storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        video = make_video(channel)
        uow.videos.add(video)
        video.become_ready()
        uow.commit()
    assert fake_storage.rows.jobs == {}
