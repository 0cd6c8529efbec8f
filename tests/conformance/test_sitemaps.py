"""What sitemaps are read from, whatever is below."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories.entities import NOW, make_channel, make_user, make_video
from videohub_core.shared.paging import Position
from videohub_core.sitemaps.entities import Span
from videohub_core.videos.entities import ProcessingState, Visibility

HIDDEN: list[dict[str, Any]] = [
    {"visibility": Visibility.UNLISTED},
    {"visibility": Visibility.PRIVATE},
    {"published_at": None, "state": ProcessingState.FAILED},
]


def store(storage: Any, *videos: dict[str, Any]) -> tuple[Any, list[Any]]:
    user = make_user()
    channel = make_channel(user)
    ready = {"state": ProcessingState.READY, "published_at": NOW}
    made = [make_video(channel, **{**ready, **fields}) for fields in videos]
    with storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        for video in made:
            uow.videos.add(video)
        uow.commit()
    return channel, made


def test_videos_of_a_part_from_the_first_one_published(storage: Any) -> None:
    reader = storage.sitemap_reader
    assert reader.videos(Span()) == []
    assert reader.video_behind(None, 1) is None
    seconds = (7, 3, 3, 5)
    dates = [{"published_at": NOW + timedelta(seconds=second)} for second in seconds]
    _, made = store(storage, *dates, *HIDDEN)
    in_order = [made[1], made[2], made[3], made[0]]
    places = [Position(video.published_at, video.id) for video in in_order]
    ids = [video.id for video in in_order]

    def within(after: int | None, to: int | None) -> list[str]:
        bounds = [None if index is None else places[index] for index in (after, to)]
        return [video.id for video in reader.videos(Span(*bounds))]

    assert within(None, None) == ids
    assert within(0, None) == ids[1:]
    assert within(None, 1) == ids[:2]
    assert within(0, 2) == ids[1:3]
    assert reader.video_behind(None, 2) == places[1]
    assert reader.video_behind(places[1], 2) == places[3]
    assert reader.video_behind(places[1], 3) is None
    assert reader.video_behind(places[3], 1) is None


def test_channels_of_a_part_that_have_something_to_show(storage: Any) -> None:
    reader = storage.sitemap_reader
    store(storage, *HIDDEN)
    store(storage)
    assert reader.channels(Span()) == []
    ids = [store(storage, {}, {})[0].id for _ in range(3)]
    assert reader.channels(Span()) == ids
    assert reader.channels(Span(ids[0])) == ids[1:]
    assert reader.channels(Span(ids[0], ids[1])) == [ids[1]]
    assert reader.channel_behind(None, 2) == ids[1]
    assert reader.channel_behind(ids[1], 1) == ids[2]
    assert reader.channel_behind(ids[1], 2) is None
