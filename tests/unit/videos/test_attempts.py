"""Attempts that end badly, and what the next ones find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories.entities import make_job
from tests.unit.videos.workshop import Workshop
from videohub_core.jobs.entities import JobKind
from videohub_core.jobs.errors import LeaseLost
from videohub_core.jobs.use_cases.retry_job import RetryJob
from videohub_core.shared.errors import OutOfSpace, Unavailable
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import Captions, MediaInfo, MediaKey, ProcessingState
from videohub_core.videos.errors import MediaRefused
from videohub_core.videos.use_cases.archive_original import ArchiveOriginal
from videohub_core.videos.use_cases.delete_video import DeleteVideo


def put_captions(shop: Workshop) -> MediaKey:
    key = MediaKey(f"media/{shop.video_id}/captions-ru-1.vtt")
    shop.files.bytes[key] = b"WEBVTT"
    with shop.storage.uow() as uow:
        video = uow.videos.get(shop.video_id)
        assert video is not None
        video.captions = (Captions("ru", key, 6),)
        uow.commit()
    return key


@pytest.mark.parametrize("passing", [Unavailable(), OutOfSpace()])
def test_no_attempt_has_the_number_of_another(shop: Workshop, passing: Exception) -> None:
    shop.holds(errors={"storyboard": passing})
    first = shop.lease()
    with pytest.raises(type(passing)):
        shop.process(first)
    published = shop.video.video_file
    RetryJob(shop.storage.uow(), shop.clock)(lease=first, error=passing)
    second = shop.lease()
    assert second.attempt > first.attempt
    assert not second.exhausted
    # Whoever loses the lease takes back what they made, and nothing else.
    shop.lease()
    with pytest.raises(LeaseLost):
        shop.process(second)
    assert shop.files.bytes[published] == b"a video"


def test_what_plays_is_not_made_again(shop: Workshop) -> None:
    shop.holds(errors={"storyboard": OutOfSpace()})
    with pytest.raises(OutOfSpace):
        shop.process()
    published = shop.video.video_file
    shop.holds(video=b"another video")
    shop.process()
    assert shop.video.video_file == published
    assert shop.files.bytes[published] == b"a video"
    assert shop.video.storyboard is not None


def test_pictures_that_cannot_be_had_cost_no_qualities(shop: Workshop) -> None:
    crash = RuntimeError("The child died.")
    info = MediaInfo(10.0, 1280, 720)
    shop.holds(info=info, video=bytes(4_000_000), errors={"storyboard": crash})
    with pytest.raises(RuntimeError):
        shop.process()
    shop.process(replace(shop.lease(), exhausted=True))
    assert shop.video.state is ProcessingState.PLAYABLE
    assert [job.kind for job in shop.storage.rows.jobs.values()] == [JobKind.RENDER_VIDEO]


def test_what_plays_is_never_refused(shop: Workshop) -> None:
    shop.holds(errors={"storyboard": OutOfSpace()})
    with pytest.raises(OutOfSpace):
        shop.process()
    shop.sandbox.found.clear()
    shop.holds(errors={"probe": MediaRefused("damaged")})
    shop.sandbox.found[shop.video.video_file] = shop.sandbox.found[shop.original]
    shop.process()
    assert shop.video.state is ProcessingState.READY
    assert shop.video.video_file in shop.made()


def test_a_refused_video_names_nothing_that_goes(shop: Workshop) -> None:
    put_captions(shop)
    shop.holds(errors={"probe": MediaRefused("not_a_video")})
    shop.process()
    assert shop.video.state is ProcessingState.FAILED
    assert shop.video.files == frozenset()
    assert shop.video.stored == 0


def test_an_original_archived_too_late_is_removed_by_whoever_comes_next(
    shop: Workshop,
) -> None:
    shop.process()
    shop.job = make_job(
        kind=JobKind.SETTLE_ORIGINAL,
        subject=f"{shop.video_id} {shop.original}",
        next_at=shop.clock.now(),
    )
    with shop.storage.uow() as uow:
        uow.jobs.add(shop.job)
        uow.commit()
    lease = shop.lease()
    DeleteVideo(shop.storage.uow())(actor=shop.owner, video_id=VideoId(shop.video_id))
    # The one before was killed when the bucket had it all, and the video was gone.
    shop.files.bytes[shop.original] = b"original"
    ArchiveOriginal(shop.storage.uow(), shop.files)(lease=lease)
    assert shop.original not in shop.files.bytes
