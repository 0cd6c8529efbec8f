"""Let members talk in rooms, and block each other.

Safe beside the previous release: new tables that it does not know of.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a7d90e3b51c8"
down_revision = "e1c5a7d20b94"
branch_labels = None
depends_on = None


def _reference(name: str, target: str, ondelete: str, **about: bool) -> sa.Column[str]:
    return sa.Column(name, sa.String(16), sa.ForeignKey(target, ondelete=ondelete), **about)


def _room() -> sa.Column[str]:
    return _reference("room_id", "chat_rooms.id", "CASCADE", primary_key=True)


def _user() -> sa.Column[str]:
    return _reference("user_id", "users.id", "CASCADE", primary_key=True, index=True)


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "chat_rooms",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(100)),
        sa.Column("pair", sa.String(33)),
        _reference("video_id", "videos.id", "CASCADE"),
        _time("created", nullable=False),
        _number("last_index"),
        _time("last_at", nullable=False),
        *map(_number, ("revision", "state", "members", "slow_seconds")),
        sa.UniqueConstraint("pair", name="uq_chat_rooms_pair"),
        sa.UniqueConstraint("video_id", name="uq_chat_rooms_video_id"),
    )
    op.create_table(
        "chat_members",
        _room(),
        _user(),
        sa.Column("role", sa.String(20), nullable=False),
        _time("since", nullable=False),
        _number("read_index"),
    )
    op.create_table(
        "chat_standings",
        _room(),
        _user(),
        *map(_time, ("muted_until", "banned_until", "spoke_at")),
    )
    op.create_table(
        "chat_messages",
        _room(),
        sa.Column("index", sa.Integer(), primary_key=True, autoincrement=False),
        _reference("user_id", "users.id", "SET NULL", index=True),
        sa.Column("client_id", sa.String(64)),
        sa.Column("text", sa.Text(), nullable=False),
        _time("at", nullable=False),
        _time("edited_at"),
        sa.Column("deleted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reply_to", sa.Integer()),
        sa.Column("revision", sa.Integer()),
        sa.UniqueConstraint(
            "room_id",
            "user_id",
            "client_id",
            name="uq_chat_messages_room_id_user_id_client_id",
        ),
        sqlite_with_rowid=False,
    )
    changed = sa.text("revision IS NOT NULL")
    op.create_index(
        "ix_chat_messages_revision",
        "chat_messages",
        ["room_id", "revision"],
        sqlite_where=changed,
        postgresql_where=changed,
    )
    op.create_table(
        "blocks",
        _reference("user_id", "users.id", "CASCADE", primary_key=True),
        _reference("blocked_id", "users.id", "CASCADE", primary_key=True, index=True),
        _time("since", nullable=False),
    )


def downgrade() -> None:
    for table in ("blocks", "chat_messages", "chat_standings", "chat_members", "chat_rooms"):
        op.drop_table(table)
