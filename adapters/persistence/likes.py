"""Likes as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from adapters.persistence.among import Among
from adapters.persistence.database import Database
from adapters.persistence.keyset import behind, page_of, page_values
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.persistence.prepared import Prepared
from adapters.persistence.video_lists import NOT_WITHHELD
from adapters.persistence.video_rows import VIDEO_VIEW, video_view, videos
from videohub_core.likes.ports import Like
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest, Position
from videohub_core.videos.entities import ProcessingState, Visibility
from videohub_core.videos.heat import unliked
from videohub_core.videos.ports import VideoView

likes = Table(
    "likes",
    mapper_registry.metadata,
    Column(
        "video_id",
        id_column_type(),
        ForeignKey("videos.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "user_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("created", UtcDateTime, nullable=False),
    Index("ix_likes_user", "user_id", "created", "video_id"),
)

LIKED = Prepared(
    select(likes.c.video_id).where(
        likes.c.user_id == bindparam("user_id"), Among(likes.c.video_id, "video_ids")
    )
)

_OF_USER = likes.c.user_id == bindparam("user_id")
_BEFORE = behind(likes.c.created, likes.c.video_id)
_LAST_FIRST = (likes.c.created.desc(), likes.c.video_id.desc())
# As `policies.may_see` decides it.
_MAY_SEE = or_(
    bindparam("sees_all", type_=Boolean),
    videos.c.owner_id == bindparam("user_id"),
    and_(videos.c.hidden_at.is_not(None), bindparam("sees_hidden", type_=Boolean)),
    and_(
        videos.c.hidden_at.is_(None),
        videos.c.visibility != Visibility.PRIVATE,
        or_(*(videos.c.state == state for state in ProcessingState if state.can_be_watched)),
    ),
)
_VIDEOS_OF = (
    VIDEO_VIEW.add_columns(likes.c.created)
    .join(likes, likes.c.video_id == videos.c.id)
    .where(_OF_USER, _MAY_SEE, NOT_WITHHELD)
    .order_by(*_LAST_FIRST)
    .limit(bindparam("limit"))
)
VIDEOS = Prepared(_VIDEOS_OF)
VIDEOS_AFTER = Prepared(_VIDEOS_OF.where(_BEFORE))
_ALL_OF = (
    select(likes.c.video_id, likes.c.created)
    .where(_OF_USER)
    .order_by(*_LAST_FIRST)
    .limit(bindparam("limit"))
)
_ALL = Prepared(_ALL_OF)
_ALL_AFTER = Prepared(_ALL_OF.where(_BEFORE))


class SqlLikes:
    """`LikeRepository` over one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, user_id: UserId, video_id: VideoId, now: datetime) -> bool:
        if self._created(user_id, video_id) is not None:
            return False
        row = {"user_id": user_id, "video_id": video_id, "created": now}
        self._session.execute(insert(likes), [row])
        return True

    def remove(self, user_id: UserId, video_id: VideoId) -> datetime | None:
        created = self._created(user_id, video_id)
        if created is not None:
            self._session.execute(
                delete(likes).where(likes.c.user_id == user_id, likes.c.video_id == video_id)
            )
        return created

    def remove_of(self, user_id: UserId) -> None:
        # Locked in one order, so that two who leave never wait for each other in a circle.
        found = self._session.execute(
            select(videos.c.id, videos.c.heat, videos.c.published_at, likes.c.created)
            .join(likes, likes.c.video_id == videos.c.id)
            .where(likes.c.user_id == user_id)
            .order_by(videos.c.id)
            .with_for_update(key_share=True, of=videos)
        ).all()
        if found:
            less = update(videos).where(videos.c.id == bindparam("video"))
            less = less.values(likes=videos.c.likes - 1, heat=bindparam("left"))
            self._session.connection().execute(
                less,
                [
                    {"video": id_, "left": unliked(heat, created, published_at)}
                    for id_, heat, published_at, created in found
                ],
            )
        self._session.execute(delete(likes).where(likes.c.user_id == user_id))

    def _created(self, user_id: UserId, video_id: VideoId) -> datetime | None:
        return self._session.scalars(
            select(likes.c.created).where(
                likes.c.user_id == user_id, likes.c.video_id == video_id
            )
        ).one_or_none()


class SqlLikeReader:
    """`LikeReader` by Core selects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def liked(self, user_id: UserId, video_ids: Sequence[VideoId]) -> frozenset[VideoId]:
        values = {"user_id": user_id, "video_ids": video_ids}
        return frozenset(row[0] for row in LIKED.rows(self._database, values))

    def videos(self, actor: Actor, request: PageRequest) -> Page[VideoView]:
        statement = VIDEOS if request.after is None else VIDEOS_AFTER
        values = {
            **page_values(request),
            "user_id": actor.id,
            "sees_all": actor.role.includes(Role.ADMIN),
            "sees_hidden": actor.role.includes(Role.MODERATOR),
            "now": self._clock.now(),
        }
        rows = statement.rows(self._database, values)
        page = page_of(rows, request, lambda row: Position(row[-1], row[0]))
        return Page([video_view(row[:-1]) for row in page.items], page.next)

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[Like]:
        statement = _ALL if request.after is None else _ALL_AFTER
        values = {**page_values(request), "user_id": user_id}
        found = [Like(*row) for row in statement.rows(self._database, values)]
        return page_of(found, request, lambda like: Position(like.at, like.video_id))
