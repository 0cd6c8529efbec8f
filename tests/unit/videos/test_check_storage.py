"""Files against rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories.entities import (
    make_channel,
    make_job,
    make_upload,
    make_user,
    make_video,
)
from tests.fakes.files import FakeFiles
from tests.fakes.simple import FakeClock
from tests.fakes.storage import FakeStorage
from tests.fakes.work_folders import FakeWorkFolders
from videohub_core.jobs.entities import JobKind
from videohub_core.shared.ids import UploadId
from videohub_core.videos.entities import Captions, MediaKey, Rendition, Storyboard, named_files
from videohub_core.videos.ports import WorkFolder
from videohub_core.videos.use_cases.check_storage import CheckStorage, Fault

HOUR = timedelta(hours=1)


class Archive:
    """A hub's files and rows, of which one video has everything it names."""

    def __init__(self, storage: FakeStorage) -> None:
        self.storage = storage
        self.clock = FakeClock(datetime.now(UTC))
        self.files = FakeFiles()
        self.work = FakeWorkFolders()
        user = make_user()
        channel = make_channel(user)
        self.user = user
        self.video = make_video(channel)
        self.video.video_file, self.video.poster = self.key("a-1.mp4"), self.key("a-1.jpg")
        self.video.renditions = (
            Rendition("720p", self.key("b.mp4"), self.key("b.m3u8"), 1, 1, 1, "avc1"),
        )
        self.video.captions = (Captions("ru", self.key("ru.vtt"), 1),)
        self.video.storyboard = Storyboard((self.key("s.jpg"),), 1, 1, 1, 1, 1, 1.0, 1)
        with storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(channel)
            uow.videos.add(self.video)
            uow.commit()
        for key in named_files(self.video):
            self.put(key)

    def key(self, name: str) -> MediaKey:
        return MediaKey(f"media/{self.video.id}/{name}")

    def put(self, key: str, age: timedelta = HOUR + HOUR) -> None:
        self.files.bytes[key] = b"12345"
        self.files.written[key] = self.clock.now() - age

    def add(self, **rows: Any) -> None:
        with self.storage.uow() as uow:
            for table, row in rows.items():
                getattr(uow, table).add(row)
            uow.commit()

    def check(self, *, repair: bool = False) -> list[tuple[Fault, str, bool]]:
        found = CheckStorage(
            self.storage.uow(),
            self.storage.video_reader,
            self.files,
            self.files,
            self.work,
            self.clock,
        )(repair=repair)
        return [(each.fault, each.name, each.removed) for each in found]


@pytest.fixture
def archive(fake_storage: FakeStorage) -> Archive:
    return Archive(fake_storage)


def test_a_hub_whose_files_and_rows_agree(archive: Archive) -> None:
    assert archive.check() == []


def test_each_file_that_is_missing_is_told_and_nothing_is_done(archive: Archive) -> None:
    names = sorted(named_files(archive.video))
    archive.files.bytes.clear()
    for repair in (False, True):
        found = archive.check(repair=repair)
        assert sorted(found) == [(Fault.MISSING, name, False) for name in names]
    assert archive.video.id in archive.storage.rows.videos


def test_what_no_row_names_is_told_and_deleted_if_that_is_wished(archive: Archive) -> None:
    lost = ["media/gone/a-1.mp4", archive.key("a-0.mp4"), "originals/lost", "originals/x.held"]
    for key in lost:
        archive.put(key)
    archive.work.folders.append(
        WorkFolder("job0000000000009", 7, archive.clock.now() - HOUR * 2)
    )
    names = sorted([*lost, "work/job0000000000009"])
    assert sorted(archive.check()) == [(Fault.ORPHAN, name, False) for name in names]
    assert set(lost) <= set(archive.files.bytes)
    assert sorted(archive.check(repair=True)) == [(Fault.ORPHAN, n, True) for n in names]
    assert archive.check() == []
    assert set(archive.files.bytes) == set(named_files(archive.video))


def young(archive: Archive) -> None:
    archive.put("originals/young", HOUR - timedelta(minutes=1))
    archive.work.folders.append(WorkFolder("young", 1, archive.clock.now()))


def on_its_way(archive: Archive) -> None:
    upload = make_upload(archive.user, id=UploadId("upload0000000777"))
    archive.add(uploads=upload)
    archive.put(archive.files.key(upload.id))
    archive.put(f"{archive.files.key(upload.id)}.held")


def without_bytes(archive: Archive) -> None:
    archive.add(uploads=make_upload(archive.user))


def waiting_to_be_deleted(archive: Archive) -> None:
    archive.add(jobs=make_job(kind=JobKind.REMOVE_MEDIA, subject="gone originals/gone"))
    archive.put("originals/gone")
    archive.put("media/gone/a-1.mp4")


def replaced(archive: Archive) -> None:
    key = archive.key("chosen-1.jpg")
    archive.add(jobs=make_job(kind=JobKind.REMOVE_FILE, subject=key))
    archive.put(key)


def being_made(archive: Archive) -> None:
    job = make_job(subject=archive.video.id)
    archive.add(jobs=job)
    archive.put(archive.key("a-2.mp4"))
    archive.work.folders.append(WorkFolder(f"{job.id}-1", 1, archive.clock.now() - HOUR * 2))


@pytest.mark.parametrize(
    "arrange",
    [young, on_its_way, without_bytes, waiting_to_be_deleted, replaced, being_made],
)
def test_what_is_under_way_is_left_alone(
    archive: Archive, arrange: Callable[[Archive], None]
) -> None:
    arrange(archive)
    assert archive.check(repair=True) == []


def test_a_video_that_went_meanwhile_misses_nothing(archive: Archive) -> None:
    archive.files.bytes.pop(str(archive.video.original))

    class Gone(type(archive.storage.video_reader)):  # type: ignore[misc]
        def get(self, _video_id: Any) -> None:
            return None

    check = CheckStorage(
        archive.storage.uow(),
        Gone(archive.storage),
        archive.files,
        archive.files,
        archive.work,
        archive.clock,
    )
    assert list(check()) == []
