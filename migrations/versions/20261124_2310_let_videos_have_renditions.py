"""Let videos have renditions, a storyboard and captions; spare attempts at jobs.

Safe beside the previous release: new columns, empty or with a default, which it does not
read. What it stores meanwhile counts as nothing towards its owner's room.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b7d94e10a6f2"
down_revision = "8d2b61f0c47e"
branch_labels = None
depends_on = None

NAMES = (
    *("stored", "video_file_size", "seconds_left", "progress"),
    *("storyboard", "captions", "renditions", "poster_chosen"),
)


def upgrade() -> None:
    with op.batch_alter_table("videos") as batch_op:
        batch_op.add_column(
            sa.Column("poster_chosen", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        for name in ("renditions", "captions"):
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("storyboard", sa.JSON(), nullable=True))
        for name in ("progress", "seconds_left"):
            batch_op.add_column(sa.Column(name, sa.Float(), nullable=True))
        for name in ("video_file_size", "stored"):
            batch_op.add_column(
                sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            )
    columns = (sa.column("stored"), sa.column("size"), sa.column("original"))
    videos = sa.table("videos", *columns)
    # The bytes of a video that was refused are gone.
    kept = videos.c.original.is_not(None)
    op.execute(videos.update().where(kept).values(stored=videos.c.size))
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(
            sa.Column("spared", sa.Integer(), nullable=False, server_default="0")
        )


def downgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_column("spared")
    with op.batch_alter_table("videos") as batch_op:
        for name in NAMES:
            batch_op.drop_column(name)
