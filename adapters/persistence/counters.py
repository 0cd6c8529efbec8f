"""Counters held against the rows that they count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Select, Table, bindparam, func, select, update

from adapters.persistence.channels import channels
from adapters.persistence.comments import comments
from adapters.persistence.database import Database, translated_errors
from adapters.persistence.likes import likes
from adapters.persistence.subscription_rows import subscriptions
from adapters.persistence.video_rows import videos
from adapters.persistence.views import video_views
from videohub_core.counters.ports import Miscount

_AT_ONCE = 500


class _Counter(NamedTuple):
    table: Table
    column: Column[int]
    of: Column[Any]
    """To which row what is counted belongs."""
    count: Any
    only: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"

    def counts(self, ids: list[str]) -> Select[Any]:
        found = select(self.of, self.count).where(self.of.in_(ids), *self.only)
        return found.group_by(self.of)


_COUNTERS = (
    _Counter(videos, videos.c.views, video_views.c.video_id, func.sum(video_views.c.count)),
    _Counter(videos, videos.c.likes, likes.c.video_id, func.count()),
    _Counter(
        videos,
        videos.c.comments,
        comments.c.video_id,
        func.count(),
        (comments.c.deleted.is_(False),),
    ),
    _Counter(
        comments,
        comments.c.replies,
        comments.c.reply_to,
        func.count(),
        (comments.c.deleted.is_(False),),
    ),
    _Counter(channels, channels.c.subscribers, subscriptions.c.channel_id, func.count()),
)


class SqlCounters:
    """`Counters` by Core, `_AT_ONCE` rows a transaction, by their ids."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recount(self, *, repair: bool) -> Iterator[Miscount]:
        for counter in _COUNTERS:
            last: str | None = ""
            while last is not None:
                with translated_errors(), self._database.writer.begin() as connection:
                    last, found = _recount(connection, counter, last, repair=repair)
                yield from found


def _recount(
    connection: Connection, counter: _Counter, after: str, *, repair: bool
) -> tuple[str | None, list[Miscount]]:
    """Return where the next part begins, None at the end, and what differs in this one."""
    id_ = counter.table.c.id
    rows = connection.execute(
        select(id_, counter.column)
        .where(id_ > after)
        .order_by(id_)
        .limit(_AT_ONCE)
        # Whoever changes a counter holds its row.
        .with_for_update(key_share=True)
    ).all()
    if not rows:
        return None, []
    ids = [row[0] for row in rows]
    counts = {row[0]: int(row[1]) for row in connection.execute(counter.counts(ids))}
    found = [
        Miscount(counter.name, id_, kept, counts.get(id_, 0))
        for id_, kept in rows
        if kept != counts.get(id_, 0)
    ]
    if found and repair:
        right = update(counter.table).where(counter.table.c.id == bindparam("of"))
        connection.execute(
            right.values({counter.column.name: bindparam("right")}),
            [{"of": one.id, "right": one.counted} for one in found],
        )
    return ids[-1], found
