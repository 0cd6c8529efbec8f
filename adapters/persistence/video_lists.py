"""The lists of public videos: each way to ask for one is a select that an index answers.

A page starts behind the last item of the one before it (keyset), and is read in the order
that it is shown in. Where a tag is to be ranked, there is no such index: a tag of few videos
is gathered and sorted, one of many is looked for along the ranking, where it comes up often.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    String,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from adapters.persistence.channels import channels
from adapters.persistence.database import Database
from adapters.persistence.keyset import page_of, page_values
from adapters.persistence.likely import Likely
from adapters.persistence.metadata import UtcDateTime
from adapters.persistence.prepared import Prepared
from adapters.persistence.video_rows import VIDEO_VIEW, video_tags, video_view, videos
from videohub_core.shared.paging import Page, PageRequest, Position
from videohub_core.videos.entities import Visibility
from videohub_core.videos.ports import VideoFilter, VideoSort, VideoView

GATHERED_MOST = 2_000
"""How many videos a tag may have to be sorted each time it is asked for."""

NOT_WITHHELD = or_(
    channels.c.withheld_until.is_(None),
    channels.c.withheld_until <= bindparam("now", type_=UtcDateTime),
)
"""What holds for a channel whose videos may be in lists; it takes the value `now`."""

FOR_EVERYONE = (
    Likely(videos.c.visibility == Visibility.PUBLIC),
    videos.c.hidden_at.is_(None),
)
"""What holds for a video that everyone finds once it is published."""

# It is set when a video can be watched for the first time, and from there on it can be:
# the state need not be asked.
IS_PUBLISHED = videos.c.published_at.is_not(None)

IS_LISTED = (*FOR_EVERYONE, IS_PUBLISHED, NOT_WITHHELD)
"""What holds for a video that everyone finds; it takes the value `now`."""

LISTED = VIDEO_VIEW.where(*IS_LISTED)

_RANKS: dict[VideoSort, ColumnElement[Any]] = {
    VideoSort.FRESH: videos.c.published_at,
    VideoSort.POPULAR: videos.c.views,
    VideoSort.TRENDING: videos.c.heat,
}
_TAG = video_tags.c.tag == bindparam("tag")
_IS_TAGGED = exists().where(video_tags.c.video_id == videos.c.id, _TAG)
_COUNT_OF_TAG = Prepared(
    select(func.count()).select_from(
        select(video_tags.c.video_id).where(_TAG).limit(GATHERED_MOST).subquery()
    )
)


class _Tagged(Enum):
    """How the videos of a tag are found."""

    ALONG = "along the order of the list"
    GATHERED = "all of them, to be sorted"
    BY_INDEX = "by the index of the tag"


@dataclass(frozen=True)
class _Way:
    sort: VideoSort
    of_channel: bool
    tagged: _Tagged | None
    continued: bool


FRESHEST = _Way(VideoSort.FRESH, of_channel=False, tagged=None, continued=False)


def listed(
    database: Database, request: PageRequest, sort: VideoSort, only: VideoFilter, now: datetime
) -> Page[VideoView]:
    """Return a page of what everyone finds."""
    way = _Way(
        sort,
        of_channel=only.channel_id is not None,
        tagged=_way_to_tagged(database, sort, only),
        continued=request.after is not None,
    )
    values = {**page_values(request), "now": now}
    if only.channel_id is not None:
        values["channel_id"] = only.channel_id
    if only.tag is not None:
        values["tag"] = only.tag
    rows = statement(way).rows(database, values)
    # The last column is the rank.
    page = page_of(rows, request, lambda row: Position(row[-1], row[0]))
    return Page([video_view(row[:-1]) for row in page.items], page.next)


@cache
def statement(way: _Way) -> Prepared:
    """Return the select of one way to ask."""
    rank, id_ = _RANKS[way.sort], videos.c.id
    select_ = LISTED.where(rank.is_not(None))
    if way.of_channel:
        select_ = select_.where(videos.c.channel_id == bindparam("channel_id"))
    if way.tagged is _Tagged.ALONG:
        select_ = select_.where(_IS_TAGGED)
    elif way.tagged is _Tagged.GATHERED:
        few = select(video_tags.c.video_id).where(_TAG).limit(GATHERED_MOST).subquery()
        select_ = select_.join(few, few.c.video_id == videos.c.id)
    elif way.tagged is _Tagged.BY_INDEX:
        select_ = select_.join(video_tags, video_tags.c.video_id == videos.c.id).where(_TAG)
        rank, id_ = video_tags.c.published_at, video_tags.c.video_id
    if way.continued:
        at = bindparam("at", type_=UtcDateTime if way.sort is VideoSort.FRESH else Float)
        select_ = select_.where(tuple_(rank, id_) < tuple_(at, bindparam("id", type_=String)))
    ranked = select_.add_columns(rank.label("rank"))
    return Prepared(ranked.order_by(rank.desc(), id_.desc()).limit(bindparam("limit")))


def _way_to_tagged(database: Database, sort: VideoSort, only: VideoFilter) -> _Tagged | None:
    if only.tag is None:
        return None
    if only.channel_id is not None:
        return _Tagged.ALONG
    if sort is VideoSort.FRESH:
        return _Tagged.BY_INDEX
    row = _COUNT_OF_TAG.first(database, {"tag": only.tag})
    return _Tagged.GATHERED if row and row[0] < GATHERED_MOST else _Tagged.ALONG
