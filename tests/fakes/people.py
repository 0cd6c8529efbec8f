"""Likes and subscriptions in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tests.fakes.paging import page_of
from videohub_core.accounts.ports import ChannelRef
from videohub_core.channels.entities import Channel
from videohub_core.likes.ports import Like
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import ChannelId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.subscriptions.entities import Bell
from videohub_core.subscriptions.ports import SubscriptionView
from videohub_core.videos.entities import Video
from videohub_core.videos.policies import may_see
from videohub_core.videos.ports import VideoView

LikeRows = dict[tuple[str, str], datetime]
SubscriptionRows = dict[tuple[str, str], tuple[Bell, datetime]]


class FakeLikes:
    def __init__(self, rows: LikeRows, videos: dict[str, Video]) -> None:
        self._rows = rows
        self._videos = videos

    def add(self, user_id: UserId, video_id: VideoId, now: datetime) -> bool:
        is_new = (user_id, video_id) not in self._rows
        self._rows.setdefault((user_id, video_id), now)
        return is_new

    def remove(self, user_id: UserId, video_id: VideoId) -> datetime | None:
        return self._rows.pop((user_id, video_id), None)

    def remove_of(self, user_id: UserId) -> None:
        for key in [key for key in self._rows if key[0] == user_id]:
            self._videos[key[1]].unliked(self._rows.pop(key))


class FakeSubscriptions:
    def __init__(self, rows: SubscriptionRows, channels: dict[str, Channel]) -> None:
        self._rows = rows
        self._channels = channels

    def put(
        self, user_id: UserId, channel_id: ChannelId, bell: Bell | None, now: datetime
    ) -> bool:
        found = self._rows.get((user_id, channel_id))
        had, since = found or (Bell.ALL, now)
        self._rows[user_id, channel_id] = (bell or had, since)
        return found is None

    def remove(self, user_id: UserId, channel_id: ChannelId) -> bool:
        return self._rows.pop((user_id, channel_id), None) is not None

    def remove_of(self, user_id: UserId) -> None:
        for key in [key for key in self._rows if key[0] == user_id]:
            del self._rows[key]
            self._channels[key[1]].subscribers -= 1


class _Dated(NamedTuple):
    id: str
    at: datetime
    item: Any


def _page(found: list[_Dated], request: PageRequest) -> Page[Any]:
    page = page_of(found, request, lambda one: one.at)
    return Page([one.item for one in page.items], page.next)


class FakeLikeReader:
    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def liked(self, user_id: UserId, video_ids: Sequence[VideoId]) -> frozenset[VideoId]:
        rows = self._storage.rows.likes
        return frozenset(id_ for id_ in video_ids if (user_id, id_) in rows)

    def videos(self, actor: Actor, request: PageRequest) -> Page[VideoView]:
        rows, reader = self._storage.rows, self._storage.video_reader
        withheld = reader.withheld()
        found = [
            _Dated(video_id, at, reader.get(video_id))
            for (user_id, video_id), at in rows.likes.items()
            if user_id == actor.id
        ]
        shown = [
            one
            for one in found
            if may_see(actor, one.item) and one.item.channel.id not in withheld
        ]
        return _page(shown, request)

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[Like]:
        found = [
            _Dated(video_id, at, Like(VideoId(video_id), at))
            for (whose, video_id), at in self._storage.rows.likes.items()
            if whose == user_id
        ]
        return _page(found, request)


class FakeSubscriptionReader:
    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def bells(
        self, user_id: UserId, channel_ids: Sequence[ChannelId]
    ) -> Mapping[ChannelId, Bell]:
        rows = self._storage.rows.subscriptions
        return {id_: rows[user_id, id_][0] for id_ in channel_ids if (user_id, id_) in rows}

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[SubscriptionView]:
        rows = self._storage.rows
        found = [
            _Dated(id_, since, SubscriptionView(_ref(rows.channels[id_]), bell, since))
            for (whose, id_), (bell, since) in rows.subscriptions.items()
            if whose == user_id
        ]
        return _page(found, request)

    def feed(self, user_id: UserId, request: PageRequest) -> Page[VideoView]:
        rows = self._storage.rows.subscriptions
        published = self._storage.video_reader.published()
        found = [video for video in published if (user_id, video.channel.id) in rows]
        return page_of(found, request, lambda video: video.published_at)


def _ref(channel: Channel) -> ChannelRef:
    return ChannelRef(channel.id, channel.title)
