"""Channels as rows."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    select,
    table,
)
from sqlalchemy import column as sql_column
from sqlalchemy.orm import Session

from adapters.persistence.database import LOCKED, Database
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.persistence.prepared import Prepared
from videohub_core.channels.entities import TITLE_MOST, Channel
from videohub_core.channels.ports import ChannelView
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import ChannelId, UserId

channels = Table(
    "channels",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column(
        "user_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("title", String(TITLE_MOST), nullable=False),
    Column("description", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("subscribers", Integer, nullable=False, server_default="0"),
    Column("withheld_until", UtcDateTime),
)


def map_channels() -> None:
    mapper_registry.map_imperatively(Channel, channels)


# The accounts module builds on this one, so its table is named, not imported.
_users = table("users", sql_column("id"), sql_column("display_name"))

_CHANNEL = Prepared(
    select(
        channels.c.id,
        channels.c.user_id,
        _users.c.display_name,
        channels.c.title,
        channels.c.description,
        channels.c.created,
        channels.c.subscribers,
    )
    .join(_users, _users.c.id == channels.c.user_id)
    .where(channels.c.id == bindparam("channel_id"))
)


class SqlChannels:
    """`ChannelRepository` over one ORM session."""

    def __init__(self, session: Session, track: Callable[[Aggregate], None]) -> None:
        self._session = session
        self._track = track

    def add(self, channel: Channel) -> None:
        self._session.add(channel)
        self._session.flush()
        self._track(channel)

    def get(self, channel_id: ChannelId) -> Channel | None:
        channel = self._session.get(Channel, channel_id, with_for_update=LOCKED)
        if channel is not None:
            self._track(channel)
        return channel

    def of_user(self, user_id: UserId) -> Channel:
        channel = self._session.scalars(
            select(Channel).where(channels.c.user_id == user_id).with_for_update(key_share=True)
        ).one()
        self._track(channel)
        return channel


class SqlChannelReader:
    """`ChannelReader` by Core selects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, channel_id: ChannelId) -> ChannelView | None:
        row = _CHANNEL.first(self._database, {"channel_id": channel_id})
        return None if row is None else ChannelView(*row)
