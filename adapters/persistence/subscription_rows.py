"""Subscriptions as rows."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table

from adapters.persistence.metadata import (
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from videohub_core.subscriptions.entities import Bell

subscriptions = Table(
    "subscriptions",
    mapper_registry.metadata,
    Column(
        "user_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "channel_id",
        id_column_type(),
        ForeignKey("channels.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("bell", enum_column_type(Bell), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Index("ix_subscriptions_channel", "channel_id", "user_id"),
    Index("ix_subscriptions_user", "user_id", "since", "channel_id"),
)
