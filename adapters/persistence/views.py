"""Views as rows: how often whom a video was shown to, by a name that tells nobody who it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    bindparam,
    delete,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from adapters.persistence.database import Database, translated_errors
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.persistence.video_rows import videos
from videohub_core.videos.heat import VIEW, warmed
from videohub_core.views.entities import ONCE_IN, Viewing

Item = TypeVar("Item")

video_views = Table(
    "video_views",
    mapper_registry.metadata,
    Column(
        "video_id",
        id_column_type(),
        ForeignKey("videos.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("viewer", String(32), primary_key=True),
    # When it was counted last.
    Column("at", UtcDateTime, nullable=False),
    Column("count", Integer, nullable=False, server_default="0"),
    Index("ix_video_views_viewer", "viewer", "at"),
    Index("ix_video_views_at", "at"),
)

_PAIRS_AT_ONCE = 500
# Whose row holds the views of forgotten viewers, and when that is folded again.
FORGOTTEN = ""
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)

_PAIR = tuple_(video_views.c.video_id, video_views.c.viewer)
_KEY = [video_views.c.video_id, video_views.c.viewer]


class SqlViewStore:
    """`ViewStore` by Core.

    Whatever changes the views of a video holds the video's row first, in the order of ids:
    nobody counts the same pair at the same time, and nobody waits in a circle.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, viewings: Sequence[Viewing]) -> Sequence[Viewing]:
        counted: list[Viewing] = []
        with translated_errors(), self._database.writer.begin() as connection:
            heats = _held(connection, {viewing.video_id for viewing in viewings})
            found = sorted(
                (viewing for viewing in viewings if viewing.video_id in heats),
                key=lambda viewing: (viewing.video_id, viewing.viewer, viewing.at),
            )
            for batch in _batches(found):
                counted += _count_pairs(connection, batch)
            _add_to_videos(connection, counted, heats)
        return counted

    def fold(self, before: datetime) -> int:
        due = (video_views.c.at <= before, video_views.c.viewer != FORGOTTEN)
        oldest = select(*_KEY).where(*due).order_by(video_views.c.at).limit(_PAIRS_AT_ONCE)
        with translated_errors(), self._database.writer.begin() as connection:
            pairs = [(row[0], row[1]) for row in connection.execute(oldest)]
            if not pairs:
                return 0
            _held(connection, {video_id for video_id, _viewer in pairs})
            # Somebody may have been counted again before their video was held.
            still = select(video_views.c.video_id, video_views.c.count).where(
                _PAIR.in_(pairs), *due
            )
            sums: Counter[str] = Counter()
            for video_id, count in connection.execute(still):
                sums[video_id] += count
            connection.execute(delete(video_views).where(_PAIR.in_(pairs), *due))
            rows = [
                {"video_id": video_id, "viewer": FORGOTTEN, "at": _NEVER, "count": count}
                for video_id, count in sorted(sums.items())
            ]
            if rows:
                connection.execute(_upsert(connection), rows)
        return len(pairs)


def _held(connection: Connection, ids: Collection[str]) -> dict[str, float | None]:
    """Hold the rows of videos that there still are; return their heat."""
    heats: dict[str, float | None] = {}
    for batch in _batches(sorted(ids)):
        rows = connection.execute(
            select(videos.c.id, videos.c.heat)
            .where(videos.c.id.in_(batch))
            .order_by(videos.c.id)
            .with_for_update(key_share=True)
        )
        heats.update((row[0], row[1]) for row in rows)
    return heats


def _count_pairs(connection: Connection, batch: Sequence[Viewing]) -> list[Viewing]:
    pairs = [(viewing.video_id, viewing.viewer) for viewing in batch]
    rows = connection.execute(select(*_KEY, video_views.c.at).where(_PAIR.in_(pairs)))
    last = {(row[0], row[1]): row[2] for row in rows}
    counted = []
    for viewing in batch:
        before = last.get((viewing.video_id, viewing.viewer))
        if before is None or before <= viewing.at - ONCE_IN:
            last[viewing.video_id, viewing.viewer] = viewing.at
            counted.append(viewing)
    if counted:
        rows_of = [
            {"video_id": one.video_id, "viewer": one.viewer, "at": one.at, "count": 1}
            for one in counted
        ]
        connection.execute(_upsert(connection), rows_of)
    return counted


def _upsert(connection: Connection) -> Any:
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    statement = insert(video_views)
    return statement.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "at": statement.excluded.at,
            "count": video_views.c.count + statement.excluded.count,
        },
    )


def _add_to_videos(
    connection: Connection, counted: Sequence[Viewing], heats: dict[str, float | None]
) -> None:
    added = Counter(viewing.video_id for viewing in counted)
    for viewing in counted:
        heat = heats[viewing.video_id]
        heats[viewing.video_id] = warmed(heat, viewing.at, VIEW)
    if added:
        rows = [
            {"of": video_id, "more": count, "now": heats[video_id]}
            for video_id, count in sorted(added.items())
        ]
        connection.execute(_WATCHED, rows)


_WATCHED = (
    update(videos)
    .where(videos.c.id == bindparam("of"))
    .values(views=videos.c.views + bindparam("more", type_=Integer), heat=bindparam("now"))
)


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _PAIRS_AT_ONCE):
        yield items[start : start + _PAIRS_AT_ONCE]
