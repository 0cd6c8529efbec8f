"""Rooms, who is in them, and what is said there, as rows."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from adapters.persistence.metadata import (
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from videohub_core.chat.entities import (
    CLIENT_ID_MOST,
    TITLE_MOST,
    Member,
    Message,
    Room,
    RoomKind,
    RoomRole,
    Standing,
)

_PAIR_LENGTH = 33


def _room_id() -> Column[str]:
    return Column(
        "room_id",
        id_column_type(),
        ForeignKey("chat_rooms.id", ondelete="CASCADE"),
        primary_key=True,
    )


def _user_id() -> Column[str]:
    return Column(
        "user_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    )


rooms = Table(
    "chat_rooms",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column("kind", enum_column_type(RoomKind), nullable=False),
    Column("title", String(TITLE_MOST)),
    Column("pair", String(_PAIR_LENGTH), unique=True),
    Column("video_id", id_column_type(), ForeignKey("videos.id", ondelete="CASCADE")),
    Column("created", UtcDateTime, nullable=False),
    Column("last_index", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Integer, nullable=False),
    Column("members", Integer, nullable=False),
    Column("slow_seconds", Integer, nullable=False),
    UniqueConstraint("video_id"),
)

members = Table(
    "chat_members",
    mapper_registry.metadata,
    _room_id(),
    _user_id(),
    Column("role", enum_column_type(RoomRole), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("read_index", Integer, nullable=False),
)

standings = Table(
    "chat_standings",
    mapper_registry.metadata,
    _room_id(),
    _user_id(),
    Column("muted_until", UtcDateTime),
    Column("banned_until", UtcDateTime),
    Column("spoke_at", UtcDateTime),
)

# Without a row id, SQLite keeps the messages of a room beside each other.
messages = Table(
    "chat_messages",
    mapper_registry.metadata,
    _room_id(),
    Column("index", Integer, primary_key=True, autoincrement=False),
    # Empty once its author has left the hub.
    Column(
        "user_id", id_column_type(), ForeignKey("users.id", ondelete="SET NULL"), index=True
    ),
    Column("client_id", String(CLIENT_ID_MOST)),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("reply_to", Integer),
    Column("revision", Integer),
    UniqueConstraint("room_id", "user_id", "client_id"),
    Index(
        "ix_chat_messages_revision",
        "room_id",
        "revision",
        sqlite_where=Column("revision").is_not(None),
        postgresql_where=Column("revision").is_not(None),
    ),
    sqlite_with_rowid=False,
)


def map_chat() -> None:
    mapper_registry.map_imperatively(Room, rooms)
    mapper_registry.map_imperatively(Member, members)
    mapper_registry.map_imperatively(Standing, standings)
    mapper_registry.map_imperatively(Message, messages)
