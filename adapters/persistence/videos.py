"""Uploads and videos, inside a transaction and for showing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    String,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    table,
    union,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from adapters.persistence import video_lists
from adapters.persistence.accounts import users
from adapters.persistence.database import LOCKED, Database, violates
from adapters.persistence.keyset import behind, page_of, page_values
from adapters.persistence.prepared import Prepared
from adapters.persistence.video_rows import (
    IS_REPORTED,
    VIDEO_VIEW,
    uploads,
    video_tags,
    video_view,
    videos,
)
from videohub_core.shared.clock import Clock
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import UploadId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest, Position
from videohub_core.videos.entities import Upload, Video
from videohub_core.videos.errors import AlreadyImported
from videohub_core.videos.ports import EVERYTHING, VideoFilter, VideoSort, VideoView

VIDEO = Prepared(
    VIDEO_VIEW.add_columns(IS_REPORTED).where(videos.c.id == bindparam("video_id"))
)
_OF_ORIGIN = Prepared(
    select(videos.c.id).where(
        videos.c.owner_id == bindparam("owner_id"), videos.c.origin == bindparam("origin")
    )
)

_OWN_VIDEOS = (
    VIDEO_VIEW.where(videos.c.owner_id == bindparam("owner_id"))
    .order_by(videos.c.upload_date.desc(), videos.c.id.desc())
    .limit(bindparam("limit"))
)
_OWN = Prepared(_OWN_VIDEOS)
_OWN_AFTER = Prepared(_OWN_VIDEOS.where(behind(videos.c.upload_date, videos.c.id)))

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

    def hold_of(self, user_id: UserId) -> None:
        # Of tables that refer to this module no more than this.
        theirs = [select(videos.c.id).where(videos.c.owner_id == user_id)]
        for name in ("likes", "comments"):
            touched = table(name, column("video_id"), column("user_id"))
            theirs.append(select(touched.c.video_id).where(touched.c.user_id == user_id))
        self._session.execute(
            select(videos.c.id)
            .where(videos.c.id.in_(union(*theirs)))
            .order_by(videos.c.id)
            .with_for_update(key_share=True)
        )

    def of_owner(self, owner_id: UserId) -> Sequence[Video]:
        found = self._session.scalars(
            select(Video).where(videos.c.owner_id == owner_id).with_for_update(key_share=True)
        ).all()
        for video in found:
            self._track(video)
        return found

    def tag(self, video: Video) -> None:
        self._session.execute(delete(video_tags).where(video_tags.c.video_id == video.id))
        if video.is_listed and video.tags:
            found = {"video_id": video.id, "published_at": video.published_at}
            rows = [{**found, "tag": tag} for tag in video.tags]
            self._session.execute(insert(video_tags), rows)

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

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, video_id: VideoId) -> VideoView | None:
        row = VIDEO.first(self._database, {"video_id": video_id})
        return None if row is None else video_view(row)

    def of_origin(self, owner_id: UserId, key: str) -> VideoId | None:
        row = _OF_ORIGIN.first(self._database, {"owner_id": owner_id, "origin": key})
        return None if row is None else VideoId(row[0])

    def listed(
        self,
        request: PageRequest,
        *,
        sort: VideoSort = VideoSort.FRESH,
        only: VideoFilter = EVERYTHING,
    ) -> Page[VideoView]:
        return video_lists.listed(self._database, request, sort, only, self._clock.now())

    def of_owner(self, owner_id: UserId, request: PageRequest) -> Page[VideoView]:
        statement = _OWN if request.after is None else _OWN_AFTER
        values = {**page_values(request), "owner_id": owner_id}
        found = [video_view(row) for row in statement.rows(self._database, values)]
        return page_of(found, request, lambda one: Position(one.upload_date, one.id))

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
