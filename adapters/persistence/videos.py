"""Uploads and videos as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    false,
    func,
    select,
    tuple_,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from adapters.persistence.accounts import users
from adapters.persistence.channels import channels
from adapters.persistence.database import LOCKED, Database, violates
from adapters.persistence.metadata import (
    JsonOf,
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from adapters.persistence.prepared import Prepared
from videohub_core.accounts.ports import ChannelRef
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import ChannelId, UploadId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest, Position
from videohub_core.videos.entities import (
    ORIGIN_MOST,
    TITLE_MOST,
    Captions,
    ProcessingState,
    Rendition,
    Storyboard,
    Upload,
    Video,
    Visibility,
)
from videohub_core.videos.errors import AlreadyImported
from videohub_core.videos.ports import VideoView

videos = Table(
    "videos",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column(
        "channel_id",
        id_column_type(),
        ForeignKey("channels.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column(
        "owner_id", id_column_type(), ForeignKey("users.id", ondelete="CASCADE"), nullable=False
    ),
    Column("title", String(TITLE_MOST), nullable=False),
    Column("description", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("visibility", enum_column_type(Visibility), nullable=False),
    Column("upload_date", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("state", enum_column_type(ProcessingState), nullable=False),
    Column("failure", String(50)),
    Column("failure_detail", String(500)),
    Column("duration", Float),
    Column("width", Integer),
    Column("height", Integer),
    Column("size", BigInteger, nullable=False),
    Column("original", String(200)),
    Column("origin", String(ORIGIN_MOST)),
    Column("dated", UtcDateTime),
    Column("video_file", String(200)),
    Column("poster", String(200)),
    Column("poster_chosen", Boolean, nullable=False, server_default=false()),
    Column("renditions", JsonOf(Rendition), nullable=False, server_default="[]"),
    Column("storyboard", JsonOf(Storyboard, many=False)),
    Column("captions", JsonOf(Captions), nullable=False, server_default="[]"),
    Column("progress", Float),
    Column("seconds_left", Float),
    Column("video_file_size", BigInteger, nullable=False, server_default="0"),
    Column("stored", BigInteger, nullable=False, server_default="0"),
    Index("ix_videos_public", "visibility", "published_at", "id"),
    Index("ix_videos_channel", "channel_id", "visibility", "published_at", "id"),
    Index("ix_videos_owner", "owner_id", "upload_date", "id"),
    # Not a constraint: to add one, SQLite would copy the table.
    Index("uq_videos_owner_id_origin", "owner_id", "origin", unique=True),
)

uploads = Table(
    "uploads",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column(
        "user_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("length", BigInteger, nullable=False),
    Column("size", BigInteger),
    Column("resumable", Boolean, nullable=False, server_default=false()),
    Column("metadata", Text),
)


def map_videos() -> None:
    mapper_registry.map_imperatively(Video, videos)
    mapper_registry.map_imperatively(Upload, uploads)


VIDEO_VIEW = select(
    videos.c.id,
    videos.c.owner_id,
    videos.c.channel_id,
    channels.c.title.label("channel_title"),
    videos.c.title,
    videos.c.description,
    videos.c.tags,
    videos.c.visibility,
    videos.c.upload_date,
    videos.c.published_at,
    videos.c.state,
    videos.c.failure,
    videos.c.failure_detail,
    videos.c.duration,
    videos.c.width,
    videos.c.height,
    videos.c.size,
    videos.c.video_file,
    videos.c.poster,
    videos.c.original,
    videos.c.renditions,
    videos.c.storyboard,
    videos.c.captions,
    videos.c.progress,
    videos.c.seconds_left,
).join(channels, channels.c.id == videos.c.channel_id)

VIDEO = Prepared(VIDEO_VIEW.where(videos.c.id == bindparam("video_id")))
_OF_ORIGIN = Prepared(
    select(videos.c.id).where(
        videos.c.owner_id == bindparam("owner_id"), videos.c.origin == bindparam("origin")
    )
)

# `published_at` is set when a video can be watched for the first time, and from there
# on it can be: the state need not be asked.
PUBLIC_VIDEOS = (
    VIDEO_VIEW.where(
        videos.c.visibility == Visibility.PUBLIC,
        videos.c.published_at.is_not(None),
    )
    .order_by(videos.c.published_at.desc(), videos.c.id.desc())
    .limit(bindparam("limit"))
)
AFTER_PUBLISHED = tuple_(videos.c.published_at, videos.c.id) < tuple_(
    bindparam("at", type_=UtcDateTime), bindparam("id", type_=String)
)
_OF_CHANNEL = videos.c.channel_id == bindparam("channel_id")
_PUBLIC_PAGES: Mapping[tuple[bool, bool], Prepared] = {
    (False, False): Prepared(PUBLIC_VIDEOS),
    (False, True): Prepared(PUBLIC_VIDEOS.where(AFTER_PUBLISHED)),
    (True, False): Prepared(PUBLIC_VIDEOS.where(_OF_CHANNEL)),
    (True, True): Prepared(PUBLIC_VIDEOS.where(_OF_CHANNEL, AFTER_PUBLISHED)),
}

_OWN_VIDEOS = (
    VIDEO_VIEW.where(videos.c.owner_id == bindparam("owner_id"))
    .order_by(videos.c.upload_date.desc(), videos.c.id.desc())
    .limit(bindparam("limit"))
)
_OWN = Prepared(_OWN_VIDEOS)
_OWN_AFTER = Prepared(
    _OWN_VIDEOS.where(
        tuple_(videos.c.upload_date, videos.c.id)
        < tuple_(bindparam("at", type_=UtcDateTime), bindparam("id", type_=String))
    )
)

_ALL = Prepared(
    VIDEO_VIEW.where(videos.c.id > bindparam("after", type_=String))
    .order_by(videos.c.id)
    .limit(500)
)
_UPLOADS = Prepared(select(uploads.c.id))


def _sum_of(size: Column[int], owner: Column[str]) -> Any:
    """Return how many bytes a user has of one kind."""
    return (
        select(func.coalesce(func.sum(size), 0))
        .where(owner == bindparam("user_id"))
        .scalar_subquery()
    )


_BYTES = select(
    _sum_of(videos.c.stored, videos.c.owner_id) + _sum_of(uploads.c.length, uploads.c.user_id)
)
_BYTES_OF = Prepared(_BYTES)


class SqlVideos:
    """`VideoRepository` over one ORM session."""

    def __init__(self, session: Session, track: Callable[[Aggregate], None]) -> None:
        self._session = session
        self._track = track

    def add(self, video: Video) -> None:
        self._session.add(video)
        try:
            self._session.flush()
        except IntegrityError as error:
            if violates(error, "uq_videos_owner_id_origin"):
                raise AlreadyImported from error
            raise
        self._track(video)

    def get(self, video_id: VideoId) -> Video | None:
        video = self._session.get(Video, video_id, with_for_update=LOCKED)
        if video is not None:
            self._track(video)
        return video

    def of_owner(self, owner_id: UserId) -> Sequence[Video]:
        found = self._session.scalars(
            select(Video).where(videos.c.owner_id == owner_id).with_for_update(key_share=True)
        ).all()
        for video in found:
            self._track(video)
        return found

    def remove(self, video: Video) -> None:
        self._session.delete(video)
        self._session.flush()


class SqlUploads:
    """`UploadRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, upload: Upload) -> None:
        self._session.add(upload)
        self._session.flush()

    def get(self, upload_id: UploadId) -> Upload | None:
        return self._session.get(Upload, upload_id, with_for_update=LOCKED)

    def bytes_of(self, user_id: UserId) -> int:
        # Two that ask at once would both find room: the second waits for the first.
        self._session.execute(
            select(users.c.id).where(users.c.id == user_id).with_for_update(key_share=True)
        )
        return int(self._session.scalars(_BYTES, {"user_id": user_id}).one())

    def of_user(self, user_id: UserId) -> Sequence[Upload]:
        return self._session.scalars(
            select(Upload).where(uploads.c.user_id == user_id).with_for_update(key_share=True)
        ).all()

    def expired(self, now: datetime) -> Sequence[Upload]:
        return self._session.scalars(
            select(Upload)
            .where(uploads.c.expires_at <= now)
            .with_for_update(key_share=True, skip_locked=True)
        ).all()

    def remove(self, upload: Upload) -> None:
        self._session.delete(upload)
        self._session.flush()


class SqlVideoReader:
    """`VideoReader` by Core selects that are built once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, video_id: VideoId) -> VideoView | None:
        row = VIDEO.first(self._database, {"video_id": video_id})
        return None if row is None else video_view(row)

    def of_origin(self, owner_id: UserId, key: str) -> VideoId | None:
        row = _OF_ORIGIN.first(self._database, {"owner_id": owner_id, "origin": key})
        return None if row is None else VideoId(row[0])

    def public(
        self, request: PageRequest, *, channel_id: ChannelId | None = None
    ) -> Page[VideoView]:
        statement = _PUBLIC_PAGES[channel_id is not None, request.after is not None]
        found = self._page(statement, request, {"channel_id": channel_id})
        return paged_videos(found, request.limit, lambda video: video.published_at)

    def of_owner(self, owner_id: UserId, request: PageRequest) -> Page[VideoView]:
        statement = _OWN if request.after is None else _OWN_AFTER
        found = self._page(statement, request, {"owner_id": owner_id})
        return paged_videos(found, request.limit, lambda video: video.upload_date)

    def bytes_of(self, user_id: UserId) -> int:
        row = _BYTES_OF.first(self._database, {"user_id": user_id})
        assert row is not None
        return int(row[0])

    def uploads(self) -> Sequence[UploadId]:
        return [UploadId(row[0]) for row in _UPLOADS.rows(self._database, {})]

    def all(self) -> Iterator[VideoView]:
        last = ""
        while rows := _ALL.rows(self._database, {"after": last}):
            found = [video_view(row) for row in rows]
            yield from found
            last = found[-1].id

    def _page(
        self, statement: Prepared, request: PageRequest, named: Mapping[str, Any]
    ) -> list[VideoView]:
        # One row more than asked for tells whether there is a next page.
        values = {**named, "limit": request.limit + 1}
        if request.after is not None:
            values |= {"at": request.after.at, "id": request.after.id}
        return [video_view(row) for row in statement.rows(self._database, values)]


def paged_videos(
    found: list[VideoView], limit: int, time_of: Callable[[VideoView], datetime | None]
) -> Page[VideoView]:
    items = found[:limit]
    at = time_of(items[-1]) if len(found) > limit else None
    return Page(items, None if at is None else Position(at, items[-1].id))


def video_view(row: Sequence[Any]) -> VideoView:
    """Return the view of a row of `VIDEO_VIEW`, whose columns have the fields' order."""
    id_, owner_id, channel_id, channel_title, *rest = row
    return VideoView(id_, owner_id, ChannelRef(channel_id, channel_title), *rest)
