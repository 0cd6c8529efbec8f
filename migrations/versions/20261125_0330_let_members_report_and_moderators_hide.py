"""Let members report what is wrong, and moderators hide videos.

Safe beside the previous release: a new table, and new columns that are empty. What is hidden
meanwhile is still shown by it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e4b08c75d1a2"
down_revision = "c1a6f3d2907b"
branch_labels = None
depends_on = None

OF_CHANNEL = ["channel_id", "visibility", "published_at", "id"]


def upgrade() -> None:
    with op.batch_alter_table("videos") as batch_op:
        batch_op.add_column(sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("hidden_reason", sa.String(500), nullable=True))
    op.drop_index("ix_videos_channel", "videos")
    op.create_index("ix_videos_channel", "videos", [*OF_CHANNEL, "hidden_at"])
    op.create_table(
        "reports",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.String(16), nullable=False),
        sa.Column(
            "reporter_id",
            sa.String(16),
            sa.ForeignKey("users.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(16), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("ix_reports_state", "reports", ["state", "created", "id"])
    op.create_index(
        "uq_reports_kind_subject_id_reporter_id",
        "reports",
        ["kind", "subject_id", "reporter_id"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("reports")
    op.drop_index("ix_videos_channel", "videos")
    op.create_index("ix_videos_channel", "videos", OF_CHANNEL)
    with op.batch_alter_table("videos") as batch_op:
        for name in ("hidden_reason", "hidden_at"):
            batch_op.drop_column(name)
