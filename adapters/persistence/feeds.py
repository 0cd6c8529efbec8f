"""The feed of a member: one statement that reads little however many channels they follow.

Of each channel only the freshest video behind the cursor is looked up; whatever is on the page
is of the channels that are first by that. Of each of those as many are looked up as fit on a
page, and only the freshest of them all are read.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    FromClause,
    Select,
    String,
    Subquery,
    bindparam,
    select,
    true,
    tuple_,
)

from adapters.persistence.channels import channels
from adapters.persistence.database import Database
from adapters.persistence.metadata import UtcDateTime
from adapters.persistence.prepared import Prepared
from adapters.persistence.subscription_rows import subscriptions
from adapters.persistence.video_lists import IS_PUBLISHED, NOT_WITHHELD, paged
from adapters.persistence.video_rows import VIDEO_VIEW, video_view, videos
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.ports import VideoView

_LIMIT: BindParameter[Any] = bindparam("limit")
_BEHIND = tuple_(videos.c.published_at, videos.c.id) < tuple_(
    bindparam("at", type_=UtcDateTime), bindparam("id", type_=String)
)


def feed(
    database: Database, user_id: UserId, request: PageRequest, now: datetime
) -> Page[VideoView]:
    """Return the listed videos of the channels that a user follows, freshest first."""
    # One row more than asked for tells whether there is a next page.
    values: dict[str, Any] = {"user_id": user_id, "now": now, "limit": request.limit + 1}
    if request.after is not None:
        values |= {"at": request.after.at, "id": request.after.id}
    statement = _statement(database.is_sqlite, request.after is not None)
    found = [video_view(row) for row in statement.rows(database, values)]
    return paged(found, request.limit, lambda video: video.published_at)


@cache
def _statement(is_sqlite: bool, continued: bool) -> Prepared:
    found = select(videos.c.published_at, videos.c.id).where(*IS_PUBLISHED)
    if continued:
        found = found.where(_BEHIND)
    found = found.order_by(videos.c.published_at.desc(), videos.c.id.desc())
    page = (_page_of_sqlite if is_sqlite else _page_of_postgres)(found)
    rows = VIDEO_VIEW.join(page, page.c.id == videos.c.id)
    return Prepared(rows.order_by(page.c.published_at.desc(), page.c.id.desc()))


def _page_of_postgres(found: Select[Any]) -> Subquery:
    in_channel = found.where(videos.c.channel_id == subscriptions.c.channel_id)
    newest = in_channel.limit(1).lateral("newest")
    chosen = _chosen(newest, true())
    in_chosen = found.where(videos.c.channel_id == chosen.c.channel_id)
    several = in_chosen.limit(_LIMIT).lateral("several")
    return _freshest(several, select(several).select_from(chosen.join(several, true())))


def _page_of_sqlite(found: Select[Any]) -> Subquery:
    # It has no LATERAL: the rows are found by the ids that a subselect finds.
    ids = found.with_only_columns(videos.c.id)
    in_channel = ids.where(videos.c.channel_id == subscriptions.c.channel_id).limit(1)
    newest = videos.alias("newest")
    is_newest = newest.c.id == in_channel.correlate(subscriptions).scalar_subquery()
    chosen = _chosen(newest, is_newest)
    in_chosen = ids.where(videos.c.channel_id == chosen.c.channel_id).limit(_LIMIT)
    several = videos.alias("several")
    is_one = several.c.id.in_(in_chosen.correlate(chosen))
    rows = select(several.c.published_at, several.c.id)
    return _freshest(several, rows.select_from(chosen.join(several, is_one)))


def _chosen(newest: FromClause, condition: Any) -> Subquery:
    """Return the followed channels whose newest videos are the freshest."""
    rows = (
        select(subscriptions.c.channel_id)
        .join(channels, channels.c.id == subscriptions.c.channel_id)
        .join(newest, condition)
        .where(subscriptions.c.user_id == bindparam("user_id"), NOT_WITHHELD)
    )
    return _freshest(newest, rows, "chosen")


def _freshest(rows: FromClause, found: Select[Any], name: str = "page") -> Subquery:
    order = (rows.c.published_at.desc(), rows.c.id.desc())
    return found.order_by(*order).limit(_LIMIT).subquery(name)
