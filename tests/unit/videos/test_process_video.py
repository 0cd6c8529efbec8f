"""Processing, with everything that can come between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.videos.workshop import Workshop
from videohub_core.jobs.entities import LEASE, JobKind
from videohub_core.jobs.errors import LeaseLost
from videohub_core.shared.errors import OutOfSpace
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaInfo, MediaKey, ProcessingState
from videohub_core.videos.errors import REFUSALS, MediaRefused
from videohub_core.videos.use_cases.delete_video import DeleteVideo
from videohub_core.videos.use_cases.remove_media import RemoveMedia


def test_a_good_file_becomes_a_video_that_plays(shop: Workshop) -> None:
    shop.holds(info=MediaInfo(12.5, 1920, 1080))
    shop.process()
    video = shop.video
    assert video.state is ProcessingState.READY
    assert (video.duration, video.width, video.height) == (12.5, 1920, 1080)
    assert video.published_at == shop.clock.now()
    assert shop.files.bytes[video.video_file] == b"a video"
    assert shop.files.bytes[video.poster] == b"a poster"
    assert shop.storage.rows.jobs == {}


def test_a_video_without_a_poster_is_ready_all_the_same(shop: Workshop) -> None:
    shop.holds(poster=None)
    shop.process()
    assert (shop.video.state, shop.video.poster) == (ProcessingState.READY, None)


@pytest.mark.parametrize("step", ["probe", "make_playable"])
@pytest.mark.parametrize("reason", REFUSALS)
def test_a_refused_file_says_why_and_its_bytes_go(
    shop: Workshop, step: str, reason: str
) -> None:
    shop.holds(errors={step: MediaRefused(reason)})
    shop.process()
    assert shop.video.state is ProcessingState.FAILED
    assert (shop.video.failure, shop.video.failure_detail) == (reason, REFUSALS[reason])
    assert shop.video.published_at is None
    (removal,) = shop.storage.rows.jobs.values()
    assert removal.kind is JobKind.REMOVE_MEDIA
    lease = removal.lease("worker", shop.clock.now())
    RemoveMedia(shop.storage.uow(), shop.files)(lease=lease)
    assert shop.files.bytes == {}
    assert shop.storage.rows.jobs == {}


def test_a_refused_poster_takes_nothing_away(shop: Workshop) -> None:
    shop.holds(errors={"poster": MediaRefused("damaged")})
    shop.process()
    assert (shop.video.state, shop.video.poster) == (ProcessingState.READY, None)
    assert shop.video.video_file in shop.made()


def test_what_may_pass_leaves_the_job_for_another_try(shop: Workshop) -> None:
    shop.holds(errors={"poster": OutOfSpace()})
    with pytest.raises(OutOfSpace):
        shop.process()
    # It plays already, and goes on playing while the rest is tried again.
    assert shop.video.state is ProcessingState.PLAYABLE
    shop.clock.pass_(LEASE)
    shop.holds()
    shop.process()
    assert shop.video.state is ProcessingState.READY


def test_a_second_attempt_leaves_no_file_of_the_first(shop: Workshop) -> None:
    shop.holds(errors={"poster": OutOfSpace()})
    with pytest.raises(OutOfSpace):
        shop.process()
    first = shop.video.video_file
    shop.holds()
    shop.process()
    assert first not in shop.made()
    assert {shop.original, *shop.made()} == shop.video.files


@pytest.mark.parametrize("spent", [False, True])
def test_a_worker_that_dies_while_it_tidies_up_leaves_that_to_the_next(
    shop: Workshop, spent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.holds(errors={"poster": OutOfSpace()})
    with pytest.raises(OutOfSpace):
        shop.process()
    unnamed = MediaKey(f"media/{shop.video_id}/{shop.job.id}-0-video.mp4")
    shop.files.bytes[unnamed] = b"kept by an attempt that died before it named it"
    shop.holds()
    shop.clock.pass_(LEASE)
    with monkeypatch.context() as patch:
        patch.setattr(shop.files, "remove", die)
        with pytest.raises(KeyboardInterrupt):
            shop.process(replace(shop.lease(), exhausted=spent))
    shop.clock.pass_(LEASE)
    shop.process(replace(shop.lease(), exhausted=spent))
    assert shop.video.state is ProcessingState.READY
    assert {shop.original, *shop.made()} == shop.video.files


def die(_key: str) -> None:
    raise KeyboardInterrupt


def test_a_worker_that_lost_its_lease_while_it_tidies_up_spares_what_the_next_one_made(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_video = shop.files.of_video
    newer = MediaKey(f"media/{shop.video_id}/{shop.job.id}-2-video.mp4")

    def late(video_id: VideoId) -> Any:
        shop.clock.pass_(LEASE)
        assert shop.lease().attempt == 2
        shop.files.bytes[newer] = b"not named yet"
        return of_video(video_id)

    monkeypatch.setattr(shop.files, "of_video", late)
    with pytest.raises(LeaseLost):
        shop.process()
    assert newer in shop.files.bytes


def test_a_worker_that_lost_its_lease_stores_nothing(shop: Workshop) -> None:
    stale = shop.lease()
    shop.clock.pass_(LEASE + timedelta(seconds=1))
    newer = shop.lease()
    with pytest.raises(LeaseLost):
        shop.process(stale)
    assert shop.video.state is ProcessingState.UPLOADED
    shop.process(newer)
    assert shop.video.state is ProcessingState.READY


def test_spent_attempts_end_in_words_and_keep_the_original(shop: Workshop) -> None:
    shop.process(replace(shop.lease(), exhausted=True))
    assert shop.video.state is ProcessingState.FAILED
    assert shop.video.failure == "processing_crashed"
    assert shop.files.bytes[shop.original] == b"original"
    assert shop.storage.rows.jobs == {}


def test_spent_attempts_leave_what_plays_playing(shop: Workshop) -> None:
    shop.holds(errors={"poster": OutOfSpace()})
    with pytest.raises(OutOfSpace):
        shop.process()
    shop.process(replace(shop.lease(), exhausted=True))
    assert shop.video.state is ProcessingState.READY
    assert shop.video.video_file in shop.made()


@pytest.mark.parametrize("step", ["probe", "make_playable", "poster"])
def test_a_video_deleted_meanwhile_leaves_nothing(
    shop: Workshop, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.fakes import media_sandbox

    act = getattr(media_sandbox.FakeSandboxedMedia, step)

    def delete_first(media: Any) -> Any:
        DeleteVideo(shop.storage.uow())(actor=shop.owner, video_id=VideoId(shop.video_id))
        return act(media)

    monkeypatch.setattr(media_sandbox.FakeSandboxedMedia, step, delete_first)
    shop.process()
    assert shop.video is None
    assert shop.made() == []
    assert [job.kind for job in shop.storage.rows.jobs.values()] == [JobKind.REMOVE_MEDIA]


def test_a_refused_video_deleted_meanwhile_leaves_nothing(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.fakes import media_sandbox

    def delete_and_refuse(_media: Any) -> Any:
        DeleteVideo(shop.storage.uow())(actor=shop.owner, video_id=VideoId(shop.video_id))
        raise MediaRefused("not_a_video")

    monkeypatch.setattr(media_sandbox.FakeSandboxedMedia, "probe", delete_and_refuse)
    shop.process()
    assert shop.video is None
    assert [job.kind for job in shop.storage.rows.jobs.values()] == [JobKind.REMOVE_MEDIA]
