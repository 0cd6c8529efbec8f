"""The feed of a member: one statement that reads little however many channels they follow.

Of each channel only the freshest video behind the cursor is looked up; whatever is on the page
is of the channels that are first by that. Of each of those as many are looked up as fit on a
page, none older than the oldest of those, and only the freshest of them all are read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    type_coerce,
)

from adapters.persistence.channels import channels
from adapters.persistence.database import Database
from adapters.persistence.keyset import page_of, page_values
from adapters.persistence.metadata import UtcDateTime
from adapters.persistence.prepared import Prepared
from adapters.persistence.subscription_rows import subscriptions
from adapters.persistence.video_lists import FOR_EVERYONE, IS_PUBLISHED, NOT_WITHHELD
from adapters.persistence.video_rows import VIDEO_VIEW, video_view, videos
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import Page, PageRequest, Position
from videohub_core.videos.ports import VideoView

_TIME_LENGTH = len("2026-01-01 00:00:00.000000")
_LIMIT: BindParameter[Any] = bindparam("limit")
_EVER = bindparam("ever", datetime(1000, 1, 1, tzinfo=UTC), type_=UtcDateTime)
_AT = bindparam("at", type_=UtcDateTime)
# Not as a pair: SQLite, which has no statistics, would take any index with a time in it.
_BEHIND = and_(
    videos.c.published_at <= _AT,
    or_(videos.c.published_at < _AT, videos.c.id < bindparam("id", type_=String)),
)


def feed(
    database: Database, user_id: UserId, request: PageRequest, now: datetime
) -> Page[VideoView]:
    """Return the listed videos of the channels that a user follows, freshest first."""
    values = {**page_values(request), "user_id": user_id, "now": now}
    select_ = statement(database.is_sqlite, continued=request.after is not None)
    rows = select_.rows(database, values)
    found = [video_view(row) for row in rows]
    return page_of(found, request, _place_of)


def _place_of(video: VideoView) -> Position:
    assert video.published_at is not None
    return Position(video.published_at, video.id)


@cache
def statement(is_sqlite: bool, *, continued: bool) -> Prepared:
    """Return the select of the first page, or of one behind another."""
    found = select(videos.c.published_at, videos.c.id).where(*FOR_EVERYONE)
    if continued:
        found = found.where(_BEHIND)
    found = found.order_by(videos.c.published_at.desc(), videos.c.id.desc())
    page = (_page_of_sqlite if is_sqlite else _page_of_postgres)(found)
    rows = VIDEO_VIEW.join(page, page.c.id == videos.c.id)
    return Prepared(rows.order_by(page.c.published_at.desc(), page.c.id.desc()))


def _page_of_postgres(found: Select[Any]) -> Subquery:
    newest = _newest_of_followed(found).lateral("newest")
    chosen = _chosen(newest)
    oldest = _oldest_of(chosen, func.count() == _LIMIT, func.min(chosen.c.published_at))
    in_chosen = found.where(videos.c.channel_id == chosen.c.channel_id)
    several = _on_page(in_chosen, oldest).lateral("several")
    return _freshest(several, select(several).select_from(_several(chosen, oldest, several)))


def _page_of_sqlite(found: Select[Any]) -> Subquery:
    # It has no LATERAL: the rows are found by the ids that a subselect finds.
    ids = found.with_only_columns(videos.c.id)
    chosen = _chosen_by_place(found)
    fills = func.count(chosen.c.place) == _LIMIT
    oldest = _oldest_of(chosen, fills, _time_in(func.min(chosen.c.place)))
    several = videos.alias("several")
    in_chosen = ids.where(videos.c.channel_id == chosen.c.channel_id)
    is_one = several.c.id.in_(_on_page(in_chosen, oldest).correlate(chosen, oldest))
    rows = select(several.c.published_at, several.c.id)
    return _freshest(several, rows.select_from(_several(chosen, oldest, several, is_one)))


def _newest_of_followed(found: Select[Any]) -> Select[Any]:
    is_of_it = videos.c.channel_id == subscriptions.c.channel_id
    return found.where(is_of_it, IS_PUBLISHED).limit(1)


def _followed(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(subscriptions.c.channel_id, *columns)
        .join(channels, channels.c.id == subscriptions.c.channel_id)
        .where(subscriptions.c.user_id == bindparam("user_id"), NOT_WITHHELD)
    )


def _chosen(newest: FromClause) -> CTE:
    """Return the followed channels whose newest videos are the freshest."""
    rows = _followed(newest.c.published_at).join(newest, true())
    return _first(newest, rows).cte("chosen")


def _chosen_by_place(found: Select[Any]) -> CTE:
    """Return the same with the time and the id of the newest video as one text.

    It is all that the index of the channel's videos has to be read for: looking up each
    video as well took four times as long. Those that have none are last.
    """
    text = type_coerce(videos.c.published_at, String).concat(videos.c.id)
    newest = _newest_of_followed(found.with_only_columns(text))
    place = newest.correlate(subscriptions).scalar_subquery().label("place")
    return _followed(place).order_by(place.desc()).limit(_LIMIT).cte("chosen")


def _time_in(place: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(func.substr(place, 1, _TIME_LENGTH), UtcDateTime)


def _oldest_of(chosen: CTE, fills: ColumnElement[bool], oldest: ColumnElement[Any]) -> Subquery:
    """Return since when videos can be on the page: a newest one of each channel may fill it."""
    at = case((fills, oldest), else_=_EVER)
    return select(at.label("at")).select_from(chosen).subquery("oldest")


def _on_page(in_chosen: Select[Any], oldest: Subquery) -> Select[Any]:
    return in_chosen.where(videos.c.published_at >= oldest.c.at).limit(_LIMIT)


def _several(
    chosen: CTE, oldest: Subquery, several: FromClause, condition: Any = None
) -> FromClause:
    each = chosen.join(oldest, true())
    return each.join(several, true() if condition is None else condition)


def _freshest(rows: FromClause, found: Select[Any]) -> Subquery:
    return _first(rows, found).subquery("page")


def _first(rows: FromClause, found: Select[Any]) -> Select[Any]:
    return found.order_by(rows.c.published_at.desc(), rows.c.id.desc()).limit(_LIMIT)
