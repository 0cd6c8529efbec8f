"""Subscriptions as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, ForeignKey, Index, Table, bindparam, select

from adapters.persistence.among import Among
from adapters.persistence.database import Database
from adapters.persistence.metadata import (
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from adapters.persistence.prepared import Prepared
from videohub_core.shared.ids import ChannelId, UserId
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

_SUBSCRIBED = Prepared(
    select(subscriptions.c.channel_id, subscriptions.c.bell).where(
        subscriptions.c.user_id == bindparam("user_id"),
        Among(subscriptions.c.channel_id, "channel_ids"),
    )
)


class SqlSubscriptionReader:
    """`SubscriptionReader` by Core selects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def bells(
        self, user_id: UserId, channel_ids: Sequence[ChannelId]
    ) -> Mapping[ChannelId, Bell]:
        values = {"user_id": user_id, "channel_ids": channel_ids}
        rows = _SUBSCRIBED.rows(self._database, values)
        return {row[0]: row[1] for row in rows}
