"""Let people follow, like, comment and be counted; find videos by tag and by rank.

Safe beside the previous release: new tables, and new columns that are empty or have a
default, which it does not read. Tags that it stores meanwhile are found once the video is
edited again; `videohub recount` puts right what it did not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "c1a6f3d2907b"
down_revision = "b7d94e10a6f2"
branch_labels = None
depends_on = None

_BATCH = 1_000
_HALF_LIFE = 2 * 24 * 3600
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)


def _id(name: str, refers_to: str | None = None, **options: Any) -> sa.Column[str]:
    reference = [sa.ForeignKey(f"{refers_to}.id", ondelete="CASCADE")] if refers_to else []
    return sa.Column(name, sa.String(16), *reference, **options)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("videos") as batch_op:
        for name in ("views", "likes", "comments"):
            batch_op.add_column(_count(name))
        batch_op.add_column(sa.Column("heat", sa.Float(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "comments_allowed", sa.Boolean(), nullable=False, server_default=sa.true()
            )
        )
    op.create_index(
        "ix_videos_channel_heat", "videos", ["channel_id", "visibility", "heat", "id"]
    )
    op.create_index("ix_videos_views", "videos", ["visibility", "views", "id"])
    op.create_index("ix_videos_heat", "videos", ["visibility", "heat", "id"])
    op.create_index(
        "ix_videos_channel_views", "videos", ["channel_id", "visibility", "views", "id"]
    )
    with op.batch_alter_table("channels") as batch_op:
        batch_op.add_column(_count("subscribers"))
        batch_op.add_column(_time("withheld_until", nullable=True))
    _create_tables()
    _withhold()
    for row in _published():
        _warm_and_tag(row)


def _create_tables() -> None:
    op.create_table(
        "video_tags",
        _id("video_id", "videos", primary_key=True),
        sa.Column("tag", sa.String(50), primary_key=True),
        _time("published_at"),
    )
    op.create_index("ix_video_tags_tag", "video_tags", ["tag", "published_at", "video_id"])
    op.create_table(
        "likes",
        _id("video_id", "videos", primary_key=True),
        _id("user_id", "users", primary_key=True),
        _time("created"),
    )
    op.create_index("ix_likes_user", "likes", ["user_id", "created", "video_id"])
    op.create_table(
        "subscriptions",
        _id("user_id", "users", primary_key=True),
        _id("channel_id", "channels", primary_key=True),
        sa.Column("bell", sa.String(20), nullable=False),
        _time("since"),
    )
    op.create_index("ix_subscriptions_channel", "subscriptions", ["channel_id", "user_id"])
    op.create_index(
        "ix_subscriptions_user", "subscriptions", ["user_id", "since", "channel_id"]
    )
    op.create_table(
        "comments",
        _id("id", primary_key=True),
        _id("video_id", "videos", nullable=False, index=True),
        _id("user_id", "users", nullable=True, index=True),
        _id("reply_to", "comments", nullable=True, index=True),
        _id("thread", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _time("created"),
        _time("edited_at", nullable=True),
        sa.Column("media_time", sa.Float(), nullable=True),
        _count("replies"),
        sa.Column("deleted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_comments_thread", "comments", ["thread", "created", "id"])
    op.create_table(
        "comment_versions",
        _id("comment_id", "comments", primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "video_views",
        _id("video_id", "videos", primary_key=True),
        sa.Column("viewer", sa.String(32), primary_key=True),
        _time("at"),
        _count("count"),
    )
    op.create_index("ix_video_views_viewer", "video_views", ["viewer", "at"])
    op.create_index("ix_video_views_at", "video_views", ["at"])


def _withhold() -> None:
    """What is of somebody banned is in no list while the ban lasts."""
    op.execute(
        sa.text(
            "UPDATE channels SET withheld_until = COALESCE("
            "(SELECT banned_until FROM users WHERE users.id = channels.user_id), :never)"
            " WHERE user_id IN (SELECT id FROM users WHERE is_banned)"
        ).bindparams(sa.bindparam("never", _NEVER, sa.DateTime(timezone=True)))
    )


_videos = sa.table(
    "videos",
    sa.column("id", sa.String()),
    sa.column("visibility", sa.String()),
    sa.column("published_at", sa.DateTime(timezone=True)),
    sa.column("tags", sa.JSON()),
    sa.column("heat", sa.Float()),
)
_tags = sa.table(
    "video_tags",
    sa.column("video_id", sa.String()),
    sa.column("tag", sa.String()),
    sa.column("published_at", sa.DateTime(timezone=True)),
)


def _published() -> Iterator[Any]:
    last = ""
    while (
        rows := op.get_bind()
        .execute(
            sa.select(_videos)
            .where(_videos.c.published_at.is_not(None), _videos.c.id > last)
            .order_by(_videos.c.id)
            .limit(_BATCH)
        )
        .all()
    ):
        yield from rows
        last = rows[-1].id


def _warm_and_tag(row: Any) -> None:
    at = row.published_at
    seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    op.execute(_videos.update().where(_videos.c.id == row.id).values(heat=seconds / _HALF_LIFE))
    tags = json.loads(row.tags) if isinstance(row.tags, str) else row.tags
    if row.visibility == "public" and tags:
        found = [{"video_id": row.id, "tag": tag, "published_at": at} for tag in tags]
        op.get_bind().execute(_tags.insert(), found)


def downgrade() -> None:
    for table in (
        *("video_views", "comment_versions", "comments"),
        *("subscriptions", "likes", "video_tags"),
    ):
        op.drop_table(table)
    with op.batch_alter_table("channels") as batch_op:
        for name in ("withheld_until", "subscribers"):
            batch_op.drop_column(name)
    for index in (
        *("ix_videos_channel_heat", "ix_videos_channel_views"),
        *("ix_videos_heat", "ix_videos_views"),
    ):
        op.drop_index(index, "videos")
    with op.batch_alter_table("videos") as batch_op:
        for name in ("comments_allowed", "heat", "comments", "likes", "views"):
            batch_op.drop_column(name)
