"""Renditions: each is offered when it is complete, and whatever comes between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes import media_sandbox
from tests.fakes.media_sandbox import FakeMedia, FakePlayableMedia
from tests.unit.videos.workshop import Workshop
from videohub_core.jobs.entities import LEASE, JobKind, Lease
from videohub_core.jobs.errors import LeaseLost
from videohub_core.shared.errors import OutOfSpace
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaInfo, MediaKey, ProcessingState
from videohub_core.videos.errors import MediaRefused
from videohub_core.videos.use_cases.delete_video import DeleteVideo
from videohub_core.videos.use_cases.playlists import master_playlist
from videohub_core.videos.use_cases.render_video import RenderVideo

HD = MediaInfo(20.0, 1280, 720)
LONG = MediaInfo(601.0, 1280, 720)


class Kitchen:
    """A video that plays and waits for its renditions."""

    def __init__(self, shop: Workshop, info: MediaInfo = HD) -> None:
        self.shop = shop
        # Enough bytes for pictures of that size, else no rendition would save anything.
        shop.holds(info=info, video=bytes(round(info.duration * 120_000)))
        shop.process()
        (self.job,) = shop.storage.rows.jobs.values()

    @property
    def names(self) -> list[str]:
        return [rendition.name for rendition in self.shop.video.renditions]

    def lease(self) -> Lease:
        return self.shop.lease(self.job)

    def render(self, lease: Lease | None = None) -> None:
        shop = self.shop
        RenderVideo(shop.storage.uow(), shop.sandbox, shop.files, shop.clock)(
            lease=lease or self.lease()
        )


@pytest.fixture
def kitchen(shop: Workshop) -> Kitchen:
    return Kitchen(shop)


def test_a_large_video_plays_before_its_renditions(kitchen: Kitchen) -> None:
    assert kitchen.shop.video.state is ProcessingState.PLAYABLE
    assert kitchen.job.kind is JobKind.RENDER_VIDEO
    kitchen.render()
    assert kitchen.shop.video.state is ProcessingState.READY
    assert kitchen.names == ["720p", "480p", "360p", "audio"]
    assert kitchen.shop.storage.rows.jobs == {}
    video = kitchen.shop.video
    assert set(kitchen.shop.made()) == video.files - {video.original}
    low = kitchen.shop.files.bytes[video.renditions[2].playlist].decode()
    assert video.renditions[2].file.rpartition("/")[2] in low
    made = sum(len(kitchen.shop.files.bytes[key]) for key in counted(video))
    assert video.stored == video.size + made


def counted(video: Any) -> list[str]:
    """Return what counts of what was made: no poster, no playlist."""
    dropped = {video.poster, video.original, *(one.playlist for one in video.renditions)}
    return [key for key in video.files if key not in dropped]


def test_a_silent_video_has_no_sound_and_one_that_cannot_be_copied_is_encoded(
    kitchen: Kitchen,
) -> None:
    kitchen.shop.sandbox.playable = FakeMedia(can_be_copied=False, has_sound=False)
    kitchen.render()
    assert kitchen.names == ["720p", "480p", "360p"]


def test_a_quality_that_saves_nothing_is_left_out(kitchen: Kitchen) -> None:
    kitchen.shop.sandbox.playable = FakeMedia(rates={"720p": 900_000, "480p": 890_000})
    kitchen.render()
    assert kitchen.names == ["720p", "360p", "audio"]
    assert set(kitchen.shop.made()) == kitchen.shop.video.files - {kitchen.shop.original}


def offered(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return what each step of the work finds on offer."""
    seen: list[list[str]] = []
    render = FakePlayableMedia.render

    def look(media: Any, rungs: Any) -> Any:
        seen.append(kitchen.names)
        playlist = master_playlist(kitchen.shop.video.renditions) or ""
        for line in playlist.splitlines():
            if not line.startswith("#"):
                key = f"media/{kitchen.shop.video_id}/{line}"
                assert key in kitchen.shop.files.bytes
        return render(media, rungs)

    monkeypatch.setattr(FakePlayableMedia, "render", look)
    return seen


def test_of_a_long_video_each_quality_is_offered_when_it_is_there(
    shop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kitchen = Kitchen(shop, LONG)
    seen = offered(kitchen, monkeypatch)
    kitchen.render()
    assert seen == [["720p", "audio"], ["720p", "360p", "audio"]]
    assert kitchen.names == ["720p", "480p", "360p", "audio"]


def test_another_attempt_goes_on_where_the_last_one_ended(
    shop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kitchen = Kitchen(shop, LONG)
    with monkeypatch.context() as patch:
        fail_at(patch, "480p", OutOfSpace())
        with pytest.raises(OutOfSpace):
            kitchen.render()
    assert shop.video.state is ProcessingState.PROCESSING
    assert kitchen.names == ["720p", "360p", "audio"]
    first = shop.video.renditions
    shop.clock.pass_(LEASE)
    kitchen.render()
    assert kitchen.names == ["720p", "480p", "360p", "audio"]
    assert set(first) < set(shop.video.renditions)
    assert set(shop.made()) == shop.video.files - {shop.original}


def fail_at(patch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    render = FakePlayableMedia.render

    def fail(media: Any, rungs: Any) -> Any:
        if name in [rung.name for rung in rungs]:
            raise error
        return render(media, rungs)

    patch.setattr(FakePlayableMedia, "render", fail)


def test_a_refusal_leaves_what_there_is(kitchen: Kitchen) -> None:
    kitchen.shop.sandbox.playable = FakeMedia(errors={"render": MediaRefused("damaged")})
    kitchen.render()
    assert kitchen.shop.video.state is ProcessingState.READY
    assert kitchen.shop.video.failure == "renditions_failed"
    assert kitchen.names == ["720p", "audio"]


def test_spent_attempts_leave_what_there_is(kitchen: Kitchen) -> None:
    kitchen.render(replace(kitchen.lease(), exhausted=True))
    assert kitchen.shop.video.state is ProcessingState.READY
    assert kitchen.names == []


def test_how_far_it_is_shows_meanwhile_and_not_after(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = kitchen.shop
    seen = []

    def watch_and_look(media: Any, rungs: Any) -> Any:
        for part in (0.25, 0.5):
            shop.clock.pass_(timedelta(seconds=10))
            media._watch(part)
            seen.append((shop.video.progress, shop.video.seconds_left))
        return [media._made(rung) for rung in rungs]

    monkeypatch.setattr(FakePlayableMedia, "render", watch_and_look)
    kitchen.render()
    assert seen == [(0.25, 30), (0.5, 20)]
    assert (shop.video.progress, shop.video.seconds_left) == (None, None)


def test_a_worker_that_dies_while_it_tidies_up_leaves_that_to_the_next(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = kitchen.shop
    unnamed = MediaKey(f"media/{shop.video_id}/{kitchen.job.id}-0-720p.mp4")
    shop.files.bytes[unnamed] = b"kept by an attempt that died before it named it"

    def die(_key: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shop.files, "remove", die)
        with pytest.raises(KeyboardInterrupt):
            kitchen.render()
    shop.clock.pass_(LEASE)
    kitchen.render()
    assert shop.video.state is ProcessingState.READY
    assert set(shop.made()) == shop.video.files - {shop.original}


@pytest.mark.parametrize("step", ["copy", "render"])
def test_a_video_deleted_meanwhile_leaves_nothing(
    kitchen: Kitchen, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = kitchen.shop
    act = getattr(FakePlayableMedia, step)

    def delete_first(media: Any, rungs: Any) -> Any:
        DeleteVideo(shop.storage.uow())(actor=shop.owner, video_id=VideoId(shop.video_id))
        return act(media, rungs)

    monkeypatch.setattr(media_sandbox.FakePlayableMedia, step, delete_first)
    kitchen.render()
    assert shop.video is None
    assert shop.made() == []
    assert [job.kind for job in shop.storage.rows.jobs.values()] == [JobKind.REMOVE_MEDIA]


def test_work_on_a_deleted_video_ends_in_the_middle(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = kitchen.shop
    ended = []

    def delete_and_go_on(media: Any, rungs: Any) -> Any:
        DeleteVideo(shop.storage.uow())(actor=shop.owner, video_id=VideoId(shop.video_id))
        shop.clock.pass_(timedelta(seconds=3))
        try:
            media._watch(0.5)
        except Exception:
            ended.append(rungs)
            raise

    monkeypatch.setattr(FakePlayableMedia, "render", delete_and_go_on)
    kitchen.render()
    assert len(ended) == 1
    assert shop.made() == []


def test_a_worker_that_lost_its_lease_keeps_no_file(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(kitchen.shop.made())
    copy = FakePlayableMedia.copy

    def lose_the_lease(media: Any, rung: Any) -> Any:
        kitchen.shop.clock.pass_(LEASE)
        kitchen.lease()
        return copy(media, rung)

    monkeypatch.setattr(FakePlayableMedia, "copy", lose_the_lease)
    with pytest.raises(LeaseLost):
        kitchen.render()
    assert set(kitchen.shop.made()) == before
    assert kitchen.names == []
