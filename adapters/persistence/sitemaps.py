"""What search engines are to find, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, String, bindparam, func, select, tuple_

from adapters.persistence.channels import channels
from adapters.persistence.database import Database
from adapters.persistence.metadata import UtcDateTime
from adapters.persistence.prepared import Prepared
from adapters.persistence.video_lists import IS_LISTED, LISTED
from adapters.persistence.video_rows import video_view, videos
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import ChannelId
from videohub_core.shared.paging import Position
from videohub_core.sitemaps.entities import PART_MOST, Span
from videohub_core.videos.ports import VideoView

# What lies outside of all that there is, so that each part has both bounds.
_FIRST = Position(datetime(1000, 1, 1, tzinfo=UTC), "")
_LAST = Position(datetime(9999, 12, 31, tzinfo=UTC), "")
_LAST_ID = "z" * 17

_PLACE = tuple_(videos.c.published_at, videos.c.id)
_BEHIND = tuple_(bindparam("after_at", type_=UtcDateTime), bindparam("after_id", type_=String))
_UP_TO = tuple_(bindparam("to_at", type_=UtcDateTime), bindparam("to_id", type_=String))

_VIDEOS_BEHIND = (
    LISTED.where(_PLACE > _BEHIND)
    .order_by(videos.c.published_at, videos.c.id)
    .limit(bindparam("limit"))
)
_VIDEOS = Prepared(_VIDEOS_BEHIND.where(_PLACE <= _UP_TO))

_CHANNELS_BEHIND = (
    select(channels.c.id)
    .where(
        channels.c.id > bindparam("after", type_=String),
        select(videos.c.id)
        .where(videos.c.channel_id == channels.c.id, *IS_LISTED)
        .correlate(channels)
        .exists(),
    )
    .order_by(channels.c.id)
    .limit(bindparam("limit"))
)
_CHANNELS = Prepared(_CHANNELS_BEHIND.where(channels.c.id <= bindparam("to", type_=String)))


def _last_of(found: Select[Any]) -> Prepared:
    """Return a select of the last row that another one finds, and of how many those are.

    The columns of the other one are what it is in the order of.
    """
    columns = list(found.subquery().c)
    last_first = [column.desc() for column in columns]
    return Prepared(
        select(*columns, func.count().over().label("found")).order_by(*last_first).limit(1)
    )


_VIDEO_BEHIND = _last_of(_VIDEOS_BEHIND.with_only_columns(videos.c.published_at, videos.c.id))
_CHANNEL_BEHIND = _last_of(_CHANNELS_BEHIND)


class SqlSitemapReader:
    """`SitemapReader` by Core selects that are built once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def videos(self, span: Span[Position]) -> Sequence[VideoView]:
        after, to = span.after or _FIRST, span.to or _LAST
        rows = _VIDEOS.rows(
            self._database,
            self._values(
                PART_MOST, after_at=after.at, after_id=after.id, to_at=to.at, to_id=to.id
            ),
        )
        return [video_view(row) for row in rows]

    def channels(self, span: Span[ChannelId]) -> Sequence[ChannelId]:
        values = self._values(PART_MOST, after=span.after or "", to=span.to or _LAST_ID)
        return [ChannelId(row[0]) for row in _CHANNELS.rows(self._database, values)]

    def video_behind(self, after: Position | None, count: int) -> Position | None:
        place = after or _FIRST
        values = self._values(count, after_at=place.at, after_id=place.id)
        row = _VIDEO_BEHIND.first(self._database, values)
        return None if row is None or row[2] < count else Position(row[0], row[1])

    def channel_behind(self, after: ChannelId | None, count: int) -> ChannelId | None:
        row = _CHANNEL_BEHIND.first(self._database, self._values(count, after=after or ""))
        return None if row is None or row[1] < count else ChannelId(row[0])

    def _values(self, limit: int, **named: Any) -> dict[str, Any]:
        return {"now": self._clock.now(), "limit": limit, **named}
