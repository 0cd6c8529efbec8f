"""Comments as rows."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    false,
)

from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry

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
