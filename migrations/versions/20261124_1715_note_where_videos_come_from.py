"""Note where videos come from, so that none is imported twice.

Safe beside the previous release: new nullable columns that it does not read.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "99ce66624b04"
down_revision = "32a4f291fb6f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("videos") as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("dated", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("uq_videos_owner_id_origin", ["owner_id", "origin"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("videos") as batch_op:
        batch_op.drop_index("uq_videos_owner_id_origin")
        batch_op.drop_column("dated")
        batch_op.drop_column("origin")
