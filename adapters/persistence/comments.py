"""Comments as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from adapters.persistence.accounts import users
from adapters.persistence.among import Among
from adapters.persistence.block_rows import blocks
from adapters.persistence.channels import channels
from adapters.persistence.database import LOCKED, Database
from adapters.persistence.keyset import PLACE, behind, page_of, page_values
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.persistence.prepared import Prepared
from adapters.persistence.video_rows import videos
from videohub_core.accounts.ports import ChannelRef, PublicUser
from videohub_core.comments.entities import Comment
from videohub_core.comments.ports import (
    CommentSort,
    CommentVersion,
    CommentView,
)
from videohub_core.shared.errors import Unauthenticated
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import CommentId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest, Position

comments = Table(
    "comments",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column(
        "video_id",
        id_column_type(),
        ForeignKey("videos.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    # Empty where only the replies are left.
    Column("user_id", id_column_type(), ForeignKey("users.id", ondelete="CASCADE"), index=True),
    Column(
        "reply_to", id_column_type(), ForeignKey("comments.id", ondelete="CASCADE"), index=True
    ),
    # What it is listed under: the comment that it answers, else the video.
    Column("thread", id_column_type(), nullable=False),
    Column("text", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("media_time", Float),
    Column("replies", Integer, nullable=False, server_default="0"),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Index("ix_comments_thread", "thread", "created", "id"),
)

comment_versions = Table(
    "comment_versions",
    mapper_registry.metadata,
    Column(
        "comment_id",
        id_column_type(),
        ForeignKey("comments.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    # Until when it read so.
    Column("until", UtcDateTime, primary_key=True),
    Column("text", Text, nullable=False),
)


def map_comments() -> None:
    mapper_registry.map_imperatively(Comment, comments)


_COMMENT = (
    select(
        comments.c.id,
        comments.c.video_id,
        comments.c.user_id,
        users.c.display_name,
        channels.c.id.label("channel_id"),
        channels.c.title,
        comments.c.reply_to,
        comments.c.text,
        comments.c.created,
        comments.c.edited_at,
        comments.c.media_time,
        comments.c.replies,
        comments.c.deleted,
    )
    .outerjoin(users, users.c.id == comments.c.user_id)
    .outerjoin(channels, channels.c.user_id == users.c.id)
)
_ONE = Prepared(_COMMENT.where(comments.c.id == bindparam("comment_id")))
_VERSION = select(
    comment_versions.c.comment_id, comment_versions.c.text, comment_versions.c.until
).order_by(comment_versions.c.until.desc())
_VERSIONS = Prepared(_VERSION.where(Among(comment_versions.c.comment_id, "comment_ids")))
_HISTORY = _VERSION.where(comment_versions.c.comment_id == bindparam("comment_id")).limit(
    bindparam("limit")
)
_LATEST = Prepared(_HISTORY)
_EARLIER = Prepared(
    _HISTORY.where(comment_versions.c.until < bindparam("at", type_=UtcDateTime))
)


# Read once a select, and nothing for most: asking first costs them more.
_BLOCKED = select(blocks.c.blocked_id).where(blocks.c.user_id == bindparam("reader_id"))
_IS_SHOWN = comments.c.user_id.is_(None) | comments.c.user_id.not_in(_BLOCKED)


@cache
def statement(
    sort: CommentSort, *, replies: bool, continued: bool, to_member: bool = False
) -> Prepared:
    """Return the select of one way to list what is said; strangers have blocked nobody."""
    found = _COMMENT.where(comments.c.thread == bindparam("thread"))
    if to_member:
        found = found.where(_IS_SHOWN)
    if replies:
        # Another video's comment is none that is answered here.
        found = found.where(comments.c.video_id == bindparam("video_id"))
    return _page(found, sort, continued=continued)


@cache
def _of_user(*, continued: bool) -> Prepared:
    found = _COMMENT.where(comments.c.user_id == bindparam("user_id"))
    return _page(found, CommentSort.FRESH, continued=continued)


def _page(found: Select[Any], sort: CommentSort, *, continued: bool) -> Prepared:
    order = [comments.c.created.asc(), comments.c.id.asc()]
    if sort is CommentSort.FRESH:
        order = [comments.c.created.desc(), comments.c.id.desc()]
    if continued:
        place = (comments.c.created, comments.c.id)
        is_next = behind(*place) if sort is CommentSort.FRESH else tuple_(*place) > PLACE
        found = found.where(is_next)
    return Prepared(found.order_by(*order).limit(bindparam("limit")))


_LOCKED_AT_ONCE = 1000


class SqlComments:
    """`CommentRepository` over one ORM session."""

    def __init__(self, session: Session, track: Callable[[Aggregate], None]) -> None:
        self._session = session
        self._track = track

    def add(self, comment: Comment) -> None:
        self._session.add(comment)
        try:
            self._session.flush()
        except IntegrityError as error:
            # The video and what is replied to are locked: it is the author who is gone.
            raise Unauthenticated from error
        self._track(comment)

    def video_of(self, comment_id: CommentId) -> VideoId | None:
        return self._session.scalar(
            select(comments.c.video_id).where(comments.c.id == comment_id)
        )

    def get(self, comment_id: CommentId) -> Comment | None:
        comment = self._session.get(Comment, comment_id, with_for_update=LOCKED)
        if comment is not None:
            self._track(comment)
        return comment

    def keep_version(self, comment_id: CommentId, version: CommentVersion) -> None:
        row = {"comment_id": comment_id, "text": version.text, "until": version.until}
        self._session.execute(insert(comment_versions).values(row))

    def forget_versions(self, comment_id: CommentId) -> None:
        self._session.execute(
            delete(comment_versions).where(comment_versions.c.comment_id == comment_id)
        )

    def remove(self, comment: Comment) -> None:
        self._session.delete(comment)
        self._session.flush()

    def remove_of(self, user_id: UserId) -> None:
        # Not even what refers to them may come from here on: it would go uncounted.
        self._session.execute(select(users.c.id).where(users.c.id == user_id).with_for_update())
        theirs = comments.c.user_id == user_id
        answered = select(comments.c.reply_to).where(theirs, comments.c.reply_to.is_not(None))
        said, replied = self._counts(theirs, comments.c.video_id, comments.c.reply_to)
        self._lock(videos, list(said))
        own = self._session.scalars(select(comments.c.id).where(theirs)).all()
        self._lock(comments, [*own, *replied])
        self._session.execute(
            delete(comment_versions).where(
                comment_versions.c.comment_id.in_(select(comments.c.id).where(theirs))
            )
        )
        self._subtract(videos, videos.c.comments, said)
        self._subtract(comments, comments.c.replies, replied)
        alone = comments.c.replies == 0
        # The last replies go along with the tombstones that they hung on.
        for condition in (
            comments.c.deleted & alone & comments.c.id.in_(answered),
            theirs & (alone | comments.c.reply_to.is_not(None)),
        ):
            self._session.execute(delete(comments).where(condition))
        nothing = {"user_id": None, "edited_at": None, "media_time": None}
        self._session.execute(
            update(comments).where(theirs).values(deleted=True, text="", **nothing)
        )

    def _counts(
        self, theirs: ColumnElement[bool], *columns: ColumnElement[Any]
    ) -> list[dict[str, int]]:
        """Return how many of these comments refer to what, for each of the columns."""
        return [
            {
                row[0]: row[1]
                for row in self._session.execute(
                    select(column, func.count())
                    .where(theirs, column.is_not(None))
                    .group_by(column)
                )
            }
            for column in columns
        ]

    def _lock(self, table: Table, ids: Sequence[str]) -> None:
        """Lock rows in one order, so that two who leave do not wait for each other."""
        ordered = sorted(set(ids))
        for start in range(0, len(ordered), _LOCKED_AT_ONCE):
            self._session.execute(
                select(table.c.id)
                .where(table.c.id.in_(ordered[start : start + _LOCKED_AT_ONCE]))
                .order_by(table.c.id)
                .with_for_update(key_share=True)
            )

    def _subtract(
        self, table: Table, count: ColumnElement[int], lost: Mapping[str, int]
    ) -> None:
        if lost:
            less = update(table).where(table.c.id == bindparam("of"))
            self._session.connection().execute(
                less.values({count: count - bindparam("less", type_=Integer)}),
                [{"of": id_, "less": number} for id_, number in sorted(lost.items())],
            )


class SqlCommentReader:
    """`CommentReader` by hot selects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, comment_id: CommentId) -> CommentView | None:
        row = _ONE.first(self._database, {"comment_id": comment_id})
        return None if row is None else _view(row)

    def listed(
        self,
        video_id: VideoId,
        request: PageRequest,
        *,
        reply_to: CommentId | None = None,
        sort: CommentSort = CommentSort.FRESH,
        reader_id: UserId | None = None,
    ) -> Page[CommentView]:
        select_ = statement(
            sort,
            replies=reply_to is not None,
            continued=request.after is not None,
            to_member=reader_id is not None,
        )
        values = {"thread": reply_to or video_id, "video_id": video_id, "reader_id": reader_id}
        return self._read(select_, values, request)

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[CommentView]:
        select_ = _of_user(continued=request.after is not None)
        return self._read(select_, {"user_id": user_id}, request)

    def versions(
        self, comment_ids: Sequence[CommentId]
    ) -> Mapping[CommentId, Sequence[CommentVersion]]:
        found: dict[CommentId, list[CommentVersion]] = {}
        if comment_ids:
            for row in _VERSIONS.rows(self._database, {"comment_ids": comment_ids}):
                found.setdefault(row[0], []).append(CommentVersion(row[1], row[2]))
        return found

    def history(self, comment_id: CommentId, request: PageRequest) -> Page[CommentVersion]:
        values = {**page_values(request), "comment_id": comment_id}
        select_ = _LATEST if request.after is None else _EARLIER
        rows = select_.rows(self._database, values)
        found = [CommentVersion(row[1], row[2]) for row in rows]
        return page_of(found, request, lambda one: Position(one.until, comment_id))

    def _read(
        self, select_: Prepared, values: dict[str, Any], request: PageRequest
    ) -> Page[CommentView]:
        rows = select_.rows(self._database, {**values, **page_values(request)})
        found = [_view(row) for row in rows]
        return page_of(found, request, lambda one: Position(one.created, one.id))


def _view(row: Sequence[Any]) -> CommentView:
    id_, video_id, user_id, name, channel_id, title, *rest = row
    user = None
    if user_id is not None:
        user = PublicUser(user_id, name, ChannelRef(channel_id, title))
    return CommentView(id_, video_id, user, *rest)
