"""Captions and posters that members choose, with everything that can come between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.captions.languages import LangcodesTags
from adapters.captions.webvtt import WebVttReader
from tests.factories.entities import make_channel, make_job, make_user, make_video
from tests.fakes.files import FakeFiles
from tests.fakes.media_sandbox import FakeMediaSandbox
from tests.fakes.posters import JPEG, FakePosterMaker
from tests.fakes.simple import FakeClock, FakeIds
from tests.fakes.storage import FakeStorage
from videohub_core.jobs.entities import JobKind
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import InvalidInput, PreconditionFailed, Unavailable
from videohub_core.videos.entities import MediaKey, ProcessingState, Visibility
from videohub_core.videos.errors import (
    CaptionsRefused,
    NoSuchCaptions,
    NoSuchVideo,
    NotPlayableYet,
    NotYourVideo,
    PictureRefused,
    QuotaExceeded,
)
from videohub_core.videos.use_cases.choose_poster import ChoosePoster
from videohub_core.videos.use_cases.delete_video import DeleteVideo
from videohub_core.videos.use_cases.process_video import ProcessVideo
from videohub_core.videos.use_cases.put_captions import PutCaptions, PutResult
from videohub_core.videos.use_cases.remove_captions import RemoveCaptions
from videohub_core.videos.use_cases.remove_file import RemoveFile

VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nA\n"
VIDEO_FILE = MediaKey("media/video/made-1.mp4")
STRANGER = Actor(make_user().id)


class Studio:
    """A video that plays, and its owner at work on it."""

    def __init__(self, storage: FakeStorage, clock: FakeClock, folder: Path) -> None:
        self.storage, self.clock, self.folder = storage, clock, folder
        self.files = FakeFiles()
        self.ids = FakeIds()
        user = make_user()
        channel = make_channel(user)
        video = make_video(
            channel,
            video_file=VIDEO_FILE,
            duration=10.0,
            state=ProcessingState.PLAYABLE,
            visibility=Visibility.PUBLIC,
        )
        self.id, self.owner = video.id, Actor(user.id)
        self.files.bytes[str(video.original)] = b"original"
        with storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(channel)
            uow.videos.add(video)
            uow.commit()

    @property
    def video(self) -> Any:
        return self.storage.rows.videos.get(self.id)

    def put(self, language: str = "ru", data: bytes = VTT, **options: Any) -> PutResult:
        quota = options.pop("quota", 10**9)
        put = PutCaptions(
            options.pop("uow", self.storage.uow()),
            WebVttReader(),
            LangcodesTags(),
            options.pop("files", self.files),
            self.ids,
            quota,
        )
        actor = options.pop("actor", self.owner)
        return put(actor=actor, video_id=self.id, language=language, data=data, **options)

    def remove(self, language: str, seen: MediaKey | None = None) -> None:
        RemoveCaptions(self.storage.uow(), LangcodesTags())(
            actor=self.owner, video_id=self.id, language=language, seen=seen
        )

    def choose(self) -> ChoosePoster:
        maker = FakePosterMaker(self.video.video_file)
        return ChoosePoster(self.storage.uow(), maker, self.files, self.ids)

    def process(self) -> None:
        job = make_job(subject=self.id, next_at=self.clock.now())
        with self.storage.uow() as uow:
            uow.jobs.add(job)
            lease = job.lease("worker", self.clock.now())
            uow.commit()
        sandbox = FakeMediaSandbox(self.folder)
        ProcessVideo(self.storage.uow(), sandbox, self.files, self.clock)(lease=lease)

    def finish_removals(self) -> None:
        for job in list(self.storage.rows.jobs.values()):
            if job.kind is JobKind.REMOVE_FILE:
                with self.storage.uow() as uow:
                    found = uow.jobs.get(job.id)
                    assert found is not None
                    lease = found.lease("worker", self.clock.now())
                    uow.commit()
                RemoveFile(self.storage.uow(), self.files)(lease=lease)

    def kept(self) -> set[str]:
        return set(self.files.of_video(self.id))


@pytest.fixture
def studio(fake_storage: FakeStorage, clock: FakeClock, tmp_path: Path) -> Studio:
    return Studio(fake_storage, clock, tmp_path)


def test_captions_take_the_place_of_those_in_their_language(studio: Studio) -> None:
    assert studio.put("RU") == ("ru", True)
    assert studio.put("en") == ("en", True)
    assert studio.put("ru", VTT.replace(b"A", b"B")) == ("ru", False)
    assert [one.language for one in studio.video.captions] == ["en", "ru"]
    studio.finish_removals()
    assert studio.kept() == {one.file for one in studio.video.captions}
    assert b"B" in studio.files.bytes[studio.video.captions[1].file]
    studio.remove("ru")
    with pytest.raises(NoSuchCaptions):
        studio.remove("ru")
    with pytest.raises(NoSuchCaptions):
        studio.remove("no tag")
    studio.finish_removals()
    assert studio.kept() == {one.file for one in studio.video.captions}


def test_captions_that_were_replaced_meanwhile_are_not_removed(studio: Studio) -> None:
    studio.put("ru")
    seen = studio.video.captions[0].file
    studio.put("ru", VTT.replace(b"A", b"B"))
    with pytest.raises(PreconditionFailed):
        studio.remove("ru", seen)
    studio.remove("ru", studio.video.captions[0].file)
    assert studio.video.captions == ()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"actor": STRANGER}, NotYourVideo),
        ({"language": "xx"}, InvalidInput),
        ({"data": b"x"}, CaptionsRefused),
        ({"quota": 0}, QuotaExceeded),
    ],
)
def test_what_is_refused_leaves_no_file(
    studio: Studio, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        studio.put(**options)
    assert studio.kept() == set()
    assert studio.video.captions == ()


def test_a_video_that_is_deleted_meanwhile_leaves_no_file(studio: Studio) -> None:
    class DeletedMeanwhile(FakeFiles):
        def write(files, data: bytes, key: MediaKey) -> None:  # noqa: N805
            super().write(data, key)
            DeleteVideo(studio.storage.uow())(actor=studio.owner, video_id=studio.id)

    files = DeletedMeanwhile()
    with pytest.raises(NoSuchVideo):
        studio.put(files=files)
    assert files.bytes == {}


class AwayMeanwhile(FakeFiles):
    """A store that goes away once it has the file of a video that is deleted meanwhile."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio

    def write(self, data: bytes, key: MediaKey) -> None:
        super().write(data, key)
        self._delete()

    def keep(self, source: Path, key: MediaKey) -> None:
        super().keep(source, key)
        self._delete()

    def remove(self, _name: str) -> None:
        raise Unavailable

    def _delete(self) -> None:
        studio = self._studio
        DeleteVideo(studio.storage.uow())(actor=studio.owner, video_id=studio.id)


def test_a_refusal_is_told_while_the_store_is_away(studio: Studio) -> None:
    studio.files = AwayMeanwhile(studio)
    with pytest.raises(NoSuchVideo):
        studio.put()


def test_a_refusal_of_a_poster_is_told_while_the_store_is_away(studio: Studio) -> None:
    studio.files = AwayMeanwhile(studio)
    with pytest.raises(NoSuchVideo):
        studio.choose().picture(actor=studio.owner, video_id=studio.id, data=JPEG)


def test_a_file_stays_where_nobody_knows_whether_its_name_was_stored(studio: Studio) -> None:
    uow = studio.storage.uow()

    def break_off() -> None:
        raise Unavailable

    uow.commit = break_off  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        studio.put(uow=uow)
    assert len(studio.kept()) == 1


def test_processing_spares_captions_that_are_not_named_yet(studio: Studio) -> None:
    class ProcessedMeanwhile(FakeFiles):
        def write(files, data: bytes, key: MediaKey) -> None:  # noqa: N805
            super().write(data, key)
            studio.process()

    studio.files = ProcessedMeanwhile()
    studio.files.bytes[str(studio.video.original)] = b"original"
    studio.put()
    assert studio.video.state.can_be_watched
    assert studio.video.captions[0].file in studio.kept()


def test_a_chosen_poster_replaces_the_one_that_was_found(studio: Studio) -> None:
    studio.process()
    found = studio.video.poster
    studio.choose().at(actor=studio.owner, video_id=studio.id, seconds=1.5)
    assert studio.files.bytes[studio.video.poster] == JPEG + b" at 1.5"
    studio.finish_removals()
    assert found not in studio.kept()
    studio.choose().picture(actor=studio.owner, video_id=studio.id, data=JPEG)
    assert studio.files.bytes[studio.video.poster] == JPEG


def test_processing_leaves_a_chosen_poster_alone(studio: Studio) -> None:
    studio.choose().picture(actor=studio.owner, video_id=studio.id, data=JPEG)
    chosen = studio.video.poster
    studio.process()
    assert studio.video.poster == chosen
    assert chosen in studio.kept()
    assert not [key for key in studio.kept() if key.endswith(".jpg") and key != chosen]


def test_a_poster_is_refused_with_its_reason(studio: Studio) -> None:
    choose = studio.choose()
    about = {"actor": studio.owner, "video_id": studio.id}
    for seconds in (-0.1, 10.0, float("inf"), float("nan")):
        with pytest.raises(InvalidInput):
            choose.at(seconds=seconds, **about)
    with pytest.raises(PictureRefused):
        choose.picture(data=b"GIF89a", **about)
    with pytest.raises(NotYourVideo):
        choose.picture(data=JPEG, actor=STRANGER, video_id=studio.id)
    studio.video.video_file = None
    with pytest.raises(NotPlayableYet):
        choose.at(seconds=0.0, **about)
    assert studio.kept() == set()
