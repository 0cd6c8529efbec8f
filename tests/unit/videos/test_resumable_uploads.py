"""Uploads that are gone on with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import make_channel, make_user
from tests.fakes.files import FakeFiles
from tests.fakes.simple import FakeClock, FakeIds
from tests.fakes.storage import FakeStorage
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UploadId
from videohub_core.videos.entities import RESUMABLE_KEPT, UPLOAD_KEPT, VideoDetails
from videohub_core.videos.errors import (
    EmptyFile,
    FileTooLarge,
    NoSuchUpload,
    QuotaExceeded,
    UploadNotFinished,
    WrongOffset,
)
from videohub_core.videos.ports import UploadView
from videohub_core.videos.use_cases.append_to_upload import AppendToUpload
from videohub_core.videos.use_cases.create_video import CreateVideo
from videohub_core.videos.use_cases.discard_expired_uploads import DiscardExpiredUploads
from videohub_core.videos.use_cases.discard_upload import DiscardUpload
from videohub_core.videos.use_cases.finish_upload import FinishUpload
from videohub_core.videos.use_cases.read_storage import ReadStorage
from videohub_core.videos.use_cases.read_upload import ReadUpload
from videohub_core.videos.use_cases.resume_upload import ResumeUpload
from videohub_core.videos.use_cases.start_upload import StartUpload


class Uploads:
    """The use cases over fakes, and one member."""

    def __init__(self, storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> None:
        self.storage, self.clock, self.files = storage, clock, FakeFiles()
        self._ids = ids
        user = make_user()
        with storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(make_channel(user))
            uow.commit()
        self.actor = Actor(user.id)
        self.append = AppendToUpload(self.files)
        self.read = ReadUpload(storage.uow(), self.files, clock)

    @property
    def start(self) -> StartUpload:
        return StartUpload(self.storage.uow(), self._ids, self.clock, 100, 150)

    def begin(self, length: int = 6) -> UploadView:
        return self.start.resumable(actor=self.actor, length=length, metadata="filename YQ==")

    def resume(self, upload_id: UploadId, offset: int) -> UploadView:
        resume = ResumeUpload(self.storage.uow(), self.files, self.clock)
        return resume(actor=self.actor, upload_id=upload_id, offset=offset)

    def finish(self, upload_id: UploadId) -> int:
        finish = FinishUpload(self.storage.uow(), self.files)
        return finish(actor=self.actor, upload_id=upload_id)

    def sweep(self) -> int:
        return DiscardExpiredUploads(self.storage.uow(), self.files, self.clock)()


@pytest.fixture
def uploads(fake_storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> Uploads:
    return Uploads(fake_storage, ids, clock)


def test_what_is_on_its_way_takes_room(uploads: Uploads) -> None:
    read = ReadStorage(uploads.storage.video_reader, 100, 150)
    assert read(actor=uploads.actor) == (0, 150, 100)
    uploads.begin(60)
    uploads.begin(30)
    assert read(actor=uploads.actor).used == 90


def test_an_upload_is_gone_on_with_until_it_is_whole(uploads: Uploads) -> None:
    upload = uploads.begin()
    assert (upload.offset, upload.length, upload.is_finished) == (0, 6, False)
    uploads.resume(upload.id, 0)
    uploads.append(upload_id=upload.id, offset=0, data=b"abc")
    with pytest.raises(UploadNotFinished):
        uploads.finish(upload.id)
    assert uploads.resume(upload.id, 3).offset == 3
    uploads.append(upload_id=upload.id, offset=3, data=b"def")
    for _ in range(2):
        assert uploads.finish(upload.id) == 6
    assert uploads.files.key(upload.id) in uploads.files.durable
    (listed,) = uploads.read.all(actor=uploads.actor)
    assert (listed.id, listed.offset, listed.is_finished) == (upload.id, 6, True)


@pytest.mark.parametrize("offset", [0, 2, 4, 7])
def test_only_the_present_offset_goes_on(uploads: Uploads, offset: int) -> None:
    upload = uploads.begin()
    uploads.append(upload_id=upload.id, offset=0, data=b"abc")
    with pytest.raises(WrongOffset):
        uploads.resume(upload.id, offset)


def test_what_was_left_unverified_goes_when_it_is_gone_on_with(uploads: Uploads) -> None:
    upload = uploads.begin()
    uploads.append.hold(upload_id=upload.id, data=b"wro")
    uploads.resume(upload.id, 0)
    uploads.append.hold(upload_id=upload.id, data=b"abc")
    assert uploads.append.accept(upload_id=upload.id, offset=0) == 3


@pytest.mark.parametrize(
    ("length", "error"), [(0, EmptyFile), (101, FileTooLarge), (91, QuotaExceeded)]
)
def test_what_would_not_fit_is_not_begun(
    uploads: Uploads, length: int, error: type[Exception]
) -> None:
    uploads.begin(60)
    with pytest.raises(error):
        uploads.begin(length)


def test_nobody_goes_on_with_what_is_not_theirs(uploads: Uploads, ids: FakeIds) -> None:
    upload = uploads.begin()
    single = uploads.start(actor=uploads.actor, length=6)
    other: Any = Actor(make_user().id)
    for actor, upload_id in ((other, upload.id), (uploads.actor, single)):
        with pytest.raises(NoSuchUpload):
            uploads.read(actor=actor, upload_id=upload_id)
        with pytest.raises(NoSuchUpload):
            ResumeUpload(uploads.storage.uow(), uploads.files, uploads.clock)(
                actor=actor, upload_id=upload_id, offset=0
            )
    assert [one.id for one in uploads.read.all(actor=uploads.actor)] == [upload.id]


def test_an_upload_waits_a_week_from_the_last_time(uploads: Uploads) -> None:
    upload = uploads.begin()
    uploads.clock.pass_(RESUMABLE_KEPT - timedelta(seconds=1))
    assert uploads.resume(upload.id, 0).expires_at == uploads.clock.now() + RESUMABLE_KEPT
    uploads.clock.pass_(RESUMABLE_KEPT - UPLOAD_KEPT)
    assert uploads.sweep() == 0
    uploads.clock.pass_(UPLOAD_KEPT)
    with pytest.raises(NoSuchUpload):
        uploads.resume(upload.id, 0)
    assert uploads.sweep() == 1
    assert uploads.read.all(actor=uploads.actor) == []


def test_what_became_a_video_is_no_upload_to_delete(uploads: Uploads, ids: FakeIds) -> None:
    upload = uploads.begin(3)
    uploads.append(upload_id=upload.id, offset=0, data=b"abc")
    discard = DiscardUpload(uploads.storage.uow(), uploads.files)
    uploads.finish(upload.id)
    create = CreateVideo(uploads.storage.uow(), uploads.files, ids, uploads.clock)
    create(actor=uploads.actor, upload_id=upload.id, details=VideoDetails("T"))
    with pytest.raises(NoSuchUpload):
        discard.unless_used(actor=uploads.actor, upload_id=upload.id)
    assert uploads.files.length(upload.id) == 3, "the video's original is there"
