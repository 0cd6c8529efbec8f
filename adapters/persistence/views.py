"""Views as rows: how often whom a video was shown to, by a name that tells nobody who it is."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry

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
