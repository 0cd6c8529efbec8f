"""Likes as rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, ForeignKey, Index, Table, bindparam, select

from adapters.persistence.among import Among
from adapters.persistence.database import Database
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.persistence.prepared import Prepared
from videohub_core.shared.ids import UserId, VideoId

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

_LIKED = Prepared(
    select(likes.c.video_id).where(
        likes.c.user_id == bindparam("user_id"), Among(likes.c.video_id, "video_ids")
    )
)


class SqlLikeReader:
    """`LikeReader` by Core selects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def liked(self, user_id: UserId, video_ids: Sequence[VideoId]) -> frozenset[VideoId]:
        values = {"user_id": user_id, "video_ids": video_ids}
        return frozenset(row[0] for row in _LIKED.rows(self._database, values))
