"""Whatever happens to a video, somebody is told to look: everybody, or its owner."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.factories.entities import NOW, make_channel, make_user, make_video
from videohub_core.shared.bus import Hint, Topic
from videohub_core.videos.entities import (
    Captions,
    MediaInfo,
    MediaKey,
    ProcessingState,
    Video,
    VideoDetails,
)

KEY = MediaKey("media/video/1-1-video.mp4")
Change = Callable[[Video], None]


def hinted(change: Change, **fields: object) -> set[Hint | None]:
    video = make_video(make_channel(make_user()), id="video", owner_id="owner", **fields)
    change(video)
    return {event.hint for event in video.release_events()}


@pytest.mark.parametrize(
    "change",
    [
        Video.created,
        Video.deleted,
        Video.want_renditions,
        Video.become_ready,
        Video.start_over,
        lambda video: video.edit(VideoDetails("Knots"), NOW),
        lambda video: video.become_playable(MediaInfo(1, 2, 3), KEY, 1, NOW),
        lambda video: video.illustrate(None, None),
        lambda video: video.add_renditions([]),
        lambda video: video.fail("damaged"),
        lambda video: video.refuse("damaged"),
        lambda video: video.put_captions(Captions("ru", KEY, 1)),
        lambda video: video.choose_poster(KEY),
    ],
)
def test_everybody_is_told_of_what_everybody_may_see(change: Change) -> None:
    assert hinted(change) == {Hint(Topic.VIDEO, "video", "owner")}


@pytest.mark.parametrize(
    "change",
    [
        Video.start_probing,
        Video.start_rendering,
        lambda video: video.report(0.5, 10),
    ],
)
def test_owners_are_told_how_far_processing_is(change: Change) -> None:
    assert hinted(change) == {Hint(Topic.PROGRESS, "video", "owner")}


def test_nobody_is_told_of_what_has_not_moved() -> None:
    assert hinted(Video.start_probing, state=ProcessingState.PLAYABLE) == set()


def test_a_file_that_goes_is_nobodys_business() -> None:
    captions = (Captions("ru", KEY, 1),)
    told = hinted(lambda video: video.remove_captions("ru"), captions=captions)
    assert told == {Hint(Topic.VIDEO, "video", "owner"), None}
