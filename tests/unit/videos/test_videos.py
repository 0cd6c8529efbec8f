"""Uploading, seeing, editing, deleting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import NOW, make_channel, make_user, make_video
from tests.fakes.files import FakeFiles
from tests.fakes.simple import FakeClock, FakeIds
from tests.fakes.storage import FakeStorage
from videohub_core.jobs.entities import JobKind
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.ids import UserId
from videohub_core.videos.entities import (
    UPLOAD_KEPT,
    MediaInfo,
    MediaKey,
    Origin,
    ProcessingState,
    Rendition,
    VideoDetails,
    Visibility,
    named_files,
)
from videohub_core.videos.errors import (
    AlreadyImported,
    EmptyFile,
    FileTooLarge,
    NoSuchMedia,
    NoSuchUpload,
    NoSuchVideo,
    NotYourVideo,
    QuotaExceeded,
    UploadNotFinished,
    WrongOffset,
)
from videohub_core.videos.use_cases.append_to_upload import AppendToUpload
from videohub_core.videos.use_cases.check_editable import CheckEditable
from videohub_core.videos.use_cases.create_video import CreateVideo
from videohub_core.videos.use_cases.delete_video import DeleteVideo
from videohub_core.videos.use_cases.discard_expired_uploads import DiscardExpiredUploads
from videohub_core.videos.use_cases.discard_upload import DiscardUpload
from videohub_core.videos.use_cases.edit_video import EditVideo
from videohub_core.videos.use_cases.find_imported import FindImported
from videohub_core.videos.use_cases.finish_upload import FinishUpload
from videohub_core.videos.use_cases.open_media import OpenMedia
from videohub_core.videos.use_cases.read_video import ReadVideo
from videohub_core.videos.use_cases.start_upload import StartUpload

STRANGER = Actor(UserId("stranger00000000"))
ADMIN = Actor(UserId("admin00000000000"), Role.ADMIN)
MODERATOR = Actor(UserId("moderator0000000"), Role.MODERATOR)


class Videos:
    """The area's use cases over fakes, and one member with a channel."""

    def __init__(self, storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> None:
        self.storage = storage
        self.files = FakeFiles()
        self.clock = clock
        self.ids = ids
        user = make_user()
        self.channel = make_channel(user)
        with storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(self.channel)
            uow.commit()
        self.owner = Actor(user.id)

    def start(self, length: int = 10, most: int = 1000, quota: int = 5000) -> Any:
        return StartUpload(self.storage.uow(), self.ids, self.clock, most, quota)(
            actor=self.owner, length=length
        )

    def append(self, upload_id: Any, offset: int, data: bytes) -> int:
        return AppendToUpload(self.files)(upload_id=upload_id, offset=offset, data=data)

    def finish(self, upload_id: Any, actor: Actor | None = None) -> int:
        return FinishUpload(self.storage.uow(), self.files)(
            actor=actor or self.owner, upload_id=upload_id
        )

    def create(
        self,
        upload_id: Any,
        actor: Actor | None = None,
        origin: Origin | None = None,
        **details: Any,
    ) -> Any:
        checked = VideoDetails.checked(**{"title": "Узлы", **details})
        return CreateVideo(self.storage.uow(), self.files, self.ids, self.clock)(
            actor=actor or self.owner, upload_id=upload_id, details=checked, origin=origin
        ).id

    def uploaded(self, data: bytes = b"bytes") -> Any:
        upload_id = self.start()
        self.append(upload_id, 0, data)
        self.finish(upload_id)
        return upload_id

    def stored(self, **fields: Any) -> Any:
        fields = {"state": ProcessingState.READY, "published_at": NOW, **fields}
        video = make_video(self.channel, **fields)
        with self.storage.uow() as uow:
            uow.videos.add(video)
            uow.commit()
        return video

    def read(self, actor: Actor | None, video: Any) -> Any:
        return ReadVideo(self.storage.video_reader)(actor=actor, video_id=video.id)

    def edit(self, actor: Actor, video: Any, **change: Any) -> None:
        EditVideo(self.storage.uow(), self.clock)(actor=actor, video_id=video.id, **change)


@pytest.fixture
def videos(fake_storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> Videos:
    return Videos(fake_storage, ids, clock)


def test_an_uploaded_file_becomes_a_video_with_a_job(videos: Videos) -> None:
    upload_id = videos.start()
    assert videos.append(upload_id, 0, b"first ") == 6
    assert videos.append(upload_id, 6, b"second") == 12
    assert videos.finish(upload_id) == 12
    assert videos.files.durable == {videos.files.key(upload_id)}
    video_id = videos.create(upload_id, tags=["Узлы", "узлы ", "море"])
    video = videos.storage.rows.videos[video_id]
    assert (video.size, video.state) == (12, ProcessingState.UPLOADED)
    assert video.tags == ["узлы", "море"]
    assert video.channel_id == videos.channel.id
    assert videos.files.bytes[str(video.original)] == b"first second"
    assert videos.storage.rows.uploads == {}
    (job,) = videos.storage.rows.jobs.values()
    assert (job.kind, job.subject) == (JobKind.PROCESS_VIDEO, video_id)


def test_bytes_that_do_not_continue_are_refused_and_change_nothing(videos: Videos) -> None:
    upload_id = videos.start()
    videos.append(upload_id, 0, b"abc")
    for offset in (0, 2, 4):
        with pytest.raises(WrongOffset):
            videos.append(upload_id, offset, b"x")
    assert videos.files.length(upload_id) == 3


def test_an_upload_is_its_owners(videos: Videos) -> None:
    upload_id = videos.uploaded()
    with pytest.raises(NoSuchUpload):
        videos.create(upload_id, actor=STRANGER)
    with pytest.raises(NoSuchUpload):
        DiscardUpload(videos.storage.uow(), videos.files)(actor=STRANGER, upload_id=upload_id)
    assert videos.files.length(upload_id) > 0


def test_an_unfinished_upload_makes_no_video(videos: Videos) -> None:
    upload_id = videos.start()
    videos.append(upload_id, 0, b"abc")
    with pytest.raises(UploadNotFinished):
        videos.create(upload_id)


def test_an_upload_makes_one_video(videos: Videos) -> None:
    upload_id = videos.uploaded()
    videos.create(upload_id)
    with pytest.raises(NoSuchUpload):
        videos.create(upload_id)


def test_an_empty_file_is_refused(videos: Videos) -> None:
    with pytest.raises(EmptyFile):
        videos.finish(videos.start())


def test_what_cannot_fit_is_refused_before_its_first_byte(videos: Videos) -> None:
    with pytest.raises(FileTooLarge):
        videos.start(length=1001)
    videos.stored(size=4500)
    with pytest.raises(QuotaExceeded):
        videos.start(length=501)
    videos.start(length=500)


def test_a_discarded_upload_leaves_nothing(videos: Videos) -> None:
    upload_id = videos.uploaded()
    DiscardUpload(videos.storage.uow(), videos.files)(actor=videos.owner, upload_id=upload_id)
    assert videos.files.bytes == {}
    assert videos.storage.rows.uploads == {}


def test_what_came_after_the_sweep_goes_as_well(videos: Videos) -> None:
    upload_id = videos.uploaded()
    with videos.storage.uow() as uow:
        upload = uow.uploads.get(upload_id)
        assert upload is not None
        uow.uploads.remove(upload)
        uow.commit()
    DiscardUpload(videos.storage.uow(), videos.files)(actor=videos.owner, upload_id=upload_id)
    assert videos.files.bytes == {}


def test_the_quota_counts_what_is_on_its_way(videos: Videos) -> None:
    videos.start(length=900, quota=1000)
    with pytest.raises(QuotaExceeded):
        videos.start(length=101, quota=1000)
    videos.start(length=100, quota=1000)


def test_uploads_that_nobody_continues_are_swept(videos: Videos) -> None:
    stalled, moving, empty = videos.start(), videos.start(), videos.start()
    for upload_id in (stalled, moving):
        videos.append(upload_id, 0, b"abc")
    videos.files.written[videos.files.key(stalled)] = videos.clock.now()
    videos.clock.pass_(UPLOAD_KEPT)
    videos.files.written[videos.files.key(moving)] = videos.clock.now()
    sweep = DiscardExpiredUploads(videos.storage.uow(), videos.files, videos.clock)
    assert sweep() == 2
    assert list(videos.storage.rows.uploads) == [moving]
    assert list(videos.files.bytes) == [videos.files.key(moving)]
    assert empty not in videos.storage.rows.uploads


@pytest.mark.parametrize(
    ("details", "pointer", "code"),
    [
        ({"title": ""}, "/title", "required"),
        ({"title": " \t "}, "/title", "required"),
        ({"title": "t" * 201}, "/title", "too_long"),
        ({"title": "t" * 10_000}, "/title", "too_long"),
        ({"title": "a\0"}, "/title", "invalid_character"),
        ({"title": "a\nb"}, "/title", "invalid_character"),
        ({"description": "d" * 10_001}, "/description", "too_long"),
        ({"description": "\x07"}, "/description", "invalid_character"),
        ({"tags": [f"t{n}" for n in range(21)]}, "/tags", "too_many"),
        ({"tags": ["fine", "t" * 51]}, "/tags/1", "too_long"),
        ({"visibility": "everyone"}, "/visibility", "invalid_choice"),
    ],
)
def test_wrong_details_name_their_field(
    details: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        VideoDetails.checked(**{"title": "Узлы", **details})
    assert [(error.pointer, error.code) for error in caught.value.errors] == [(pointer, code)]


def test_details_are_stored_as_they_were_written(videos: Videos) -> None:
    details = VideoDetails.checked(title="  Как вязать\t", description="a\n\tЁ 😀 ", tags=[""])
    assert (details.title, details.description, details.tags) == (
        "Как вязать",
        "a\n\tЁ 😀 ",
        (),
    )


UNSEEN = [state for state in ProcessingState if not state.can_be_watched]


@pytest.mark.parametrize("actor", [None, STRANGER, MODERATOR], ids=["nobody", "member", "mod"])
class TestWhatOthersSee:
    @pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.UNLISTED])
    def test_what_can_be_watched(
        self, videos: Videos, actor: Actor | None, visibility: Visibility
    ) -> None:
        video = videos.stored(visibility=visibility)
        assert videos.read(actor, video).id == video.id

    def test_nothing_private(self, videos: Videos, actor: Actor | None) -> None:
        video = videos.stored(visibility=Visibility.PRIVATE)
        with pytest.raises(NoSuchVideo):
            videos.read(actor, video)

    @pytest.mark.parametrize("state", UNSEEN)
    def test_nothing_unfinished(
        self, videos: Videos, actor: Actor | None, state: ProcessingState
    ) -> None:
        video = videos.stored(state=state, published_at=None)
        with pytest.raises(NoSuchVideo):
            videos.read(actor, video)


@pytest.mark.parametrize("state", list(ProcessingState))
def test_the_owner_and_admins_see_everything(videos: Videos, state: ProcessingState) -> None:
    video = videos.stored(state=state, visibility=Visibility.PRIVATE)
    for actor in (videos.owner, ADMIN):
        assert videos.read(actor, video).state is state


def test_the_owner_edits_what_they_name_and_nothing_else(videos: Videos) -> None:
    video = videos.stored(description="Old", tags=["old"])
    videos.edit(videos.owner, video, title=" New ")
    found = videos.read(None, video)
    assert (found.title, found.description, found.tags) == ("New", "Old", ["old"])
    videos.edit(videos.owner, video, description="", tags=[])
    found = videos.read(None, video)
    assert (found.title, found.description, found.tags) == ("New", "", [])


@pytest.mark.parametrize(
    ("visibility", "error"),
    [(Visibility.PUBLIC, NotYourVideo), (Visibility.PRIVATE, NoSuchVideo)],
)
def test_strangers_change_nothing(
    videos: Videos, visibility: Visibility, error: type[Exception]
) -> None:
    video = videos.stored(visibility=visibility)
    with pytest.raises(error):
        videos.edit(STRANGER, video, title="Mine")
    with pytest.raises(error):
        DeleteVideo(videos.storage.uow())(actor=STRANGER, video_id=video.id)
    with pytest.raises(error):
        CheckEditable(videos.storage.video_reader)(actor=STRANGER, video_id=video.id)
    assert videos.read(videos.owner, video).title == video.title


def test_a_wrong_edit_changes_nothing(videos: Videos) -> None:
    video = videos.stored()
    with pytest.raises(InvalidInput):
        videos.edit(videos.owner, video, title="New", description="d" * 10_001)
    assert videos.read(None, video).title == video.title


def test_a_video_is_published_when_it_first_is_public_and_can_be_watched() -> None:
    channel = make_channel(make_user())
    video = make_video(channel, visibility=Visibility.PRIVATE)
    video.become_playable(MediaInfo(1, 2, 2), MediaKey("media/a/b.mp4"), 10, NOW)
    assert video.published_at is None
    later = NOW + timedelta(days=1)
    video.edit(VideoDetails("t", visibility=Visibility.PUBLIC), later)
    assert video.published_at == later
    video.edit(VideoDetails("t", visibility=Visibility.PRIVATE), later)
    video.edit(VideoDetails("t", visibility=Visibility.PUBLIC), later + timedelta(days=1))
    assert video.published_at == later


def test_a_public_video_is_not_published_before_it_can_be_watched() -> None:
    video = make_video(make_channel(make_user()))
    video.edit(VideoDetails("t"), NOW)
    assert video.published_at is None


def test_a_deleted_video_is_gone_and_its_files_are_a_job(videos: Videos) -> None:
    video = videos.stored()
    DeleteVideo(videos.storage.uow())(actor=videos.owner, video_id=video.id)
    with pytest.raises(NoSuchVideo):
        DeleteVideo(videos.storage.uow())(actor=videos.owner, video_id=video.id)
    (job,) = videos.storage.rows.jobs.values()
    assert job.kind is JobKind.REMOVE_MEDIA


def test_bytes_are_opened_like_the_video(videos: Videos) -> None:
    key = MediaKey("media/v/job0-1.mp4")
    video = videos.stored(visibility=Visibility.PRIVATE, video_file=key)
    videos.files.bytes[key] = b"12345"
    opened = OpenMedia(videos.storage.video_reader, videos.files)
    with pytest.raises(NoSuchVideo):
        opened(actor=STRANGER, video_id=video.id, name="video.mp4")
    media = opened(actor=videos.owner, video_id=video.id, name="video.mp4")
    media.close()
    assert (media.size, media.content_type, media.is_public) == (5, "video/mp4", False)
    assert media.version == "job0-1"
    for name in ("poster.jpg", "original", "../secret"):
        with pytest.raises(NoSuchMedia):
            opened(actor=videos.owner, video_id=video.id, name=name)


def test_what_is_hidden_is_kept_by_no_cache(videos: Videos) -> None:
    key = MediaKey("media/v/job0-1.mp4")
    hidden = {"hidden_at": NOW, "hidden_reason": ""}
    opened = OpenMedia(videos.storage.video_reader, videos.files)
    videos.files.bytes[key] = b"12345"
    for fields, is_public in (({}, True), (hidden, False)):
        video = videos.stored(visibility=Visibility.PUBLIC, video_file=key, **fields)
        media = opened(actor=videos.owner, video_id=video.id, name="video.mp4")
        media.close()
        assert media.is_public is is_public


def test_the_right_to_bytes_is_looked_at_without_them(videos: Videos) -> None:
    key = MediaKey("media/v/job0-1.mp4")
    video = videos.stored(visibility=Visibility.PRIVATE, video_file=key)
    check = OpenMedia(videos.storage.video_reader, videos.files).check
    assert key not in videos.files.bytes
    check(actor=videos.owner, video_id=video.id, name="video.mp4")
    with pytest.raises(NoSuchVideo):
        check(actor=STRANGER, video_id=video.id, name="video.mp4")
    with pytest.raises(NoSuchMedia):
        check(actor=videos.owner, video_id=video.id, name="poster.jpg")
    public = videos.stored(visibility=Visibility.PUBLIC, video_file=key)
    check(actor=STRANGER, video_id=public.id, name="video.mp4")
    with pytest.raises(NotYourVideo):
        check(actor=STRANGER, video_id=public.id, name="original.bin")


def linked(videos: Videos, seconds: int, name: str, **asked: Any) -> str | None:
    """Return where the bytes of a video are to be had, asked by its owner."""
    videos.files.links = "https://files.example.test"
    keys = {"poster": MediaKey("media/v/a.jpg"), "video_file": MediaKey("media/v/a.mp4")}
    quality = Rendition(
        "720p", MediaKey("media/v/q.mp4"), MediaKey("media/v/q.m3u8"), 1, 1, 1, "avc1", 2, 2
    )
    video = videos.stored(
        visibility=asked.pop("visibility", Visibility.PUBLIC), renditions=(quality,), **keys
    )
    for key in named_files(video):
        videos.files.bytes[key] = b"12345"
    opened = OpenMedia(videos.storage.video_reader, videos.files, link_seconds=seconds)(
        actor=videos.owner, video_id=video.id, name=name, **{"may_link": True, **asked}
    )
    assert (opened.content is None) is (opened.link is not None)
    opened.close()
    return opened.link


def test_what_everyone_may_see_has_a_link(videos: Videos) -> None:
    assert linked(videos, 5, "poster.jpg") == (
        "https://files.example.test/media/v/a.jpg?image/jpeg&5&False"
    )
    assert linked(videos, 5, "q.mp4") is not None
    assert linked(videos, 0, "poster.jpg") is None
    assert linked(videos, 5, "poster.jpg", may_link=False) is None


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
def test_what_some_may_see_has_none(videos: Videos, visibility: Visibility) -> None:
    for name in ("poster.jpg", "video.mp4"):
        assert linked(videos, 7200, name, visibility=visibility) is None


def test_what_names_files_beside_it_is_read_beside_them(videos: Videos) -> None:
    for name in ("master.m3u8", "q.m3u8"):
        assert linked(videos, 7200, name) is None


def test_what_is_read_for_long_has_a_lasting_link_only(videos: Videos) -> None:
    for name in ("video.mp4", "a.mp4", "original.bin"):
        assert linked(videos, 3599, name) is None
        assert linked(videos, 3600, name) is not None
    original = linked(videos, 3600, "original.bin", visibility=Visibility.PRIVATE)
    assert str(original).endswith("?application/octet-stream&3600&True")


def test_an_origin_gives_one_video(videos: Videos) -> None:
    origin = Origin("sha256:1")
    find = FindImported(videos.storage.video_reader)
    assert find(actor=videos.owner, key=origin.key) is None
    video_id = videos.create(videos.uploaded(), origin=origin)
    assert find(actor=videos.owner, key=origin.key) == video_id
    assert find(actor=STRANGER, key=origin.key) is None
    again = videos.uploaded()
    with pytest.raises(AlreadyImported):
        videos.create(again, origin=origin)
    assert list(videos.storage.rows.videos) == [video_id]
    assert again in videos.storage.rows.uploads, "it is left to whoever sent it"
    for other in (Origin("sha256:2"), None, None):
        videos.create(videos.uploaded(), origin=other)


@pytest.mark.parametrize("visibility", list(Visibility))
def test_a_video_with_a_date_of_its_own_is_shown_as_of_then(
    videos: Videos, visibility: Visibility
) -> None:
    date = videos.clock.now() - timedelta(days=400)
    video_id = videos.create(
        videos.uploaded(), origin=Origin("o", date), visibility=visibility.value
    )
    with videos.storage.uow() as uow:
        video = uow.videos.get(video_id)
        assert video is not None
        assert (video.upload_date, video.published_at) == (date, None)
        video.become_playable(MediaInfo(1.0, 2, 2), MediaKey("media/x"), 10, videos.clock.now())
        uow.commit()
    videos.edit(videos.owner, video, visibility="public")
    assert videos.storage.rows.videos[video_id].published_at == date


def test_a_date_that_is_still_to_come_is_none(videos: Videos) -> None:
    origin = Origin("o", videos.clock.now() + timedelta(days=1))
    video_id = videos.create(videos.uploaded(), origin=origin)
    video = videos.storage.rows.videos[video_id]
    assert (video.upload_date, video.dated) == (videos.clock.now(), None)
