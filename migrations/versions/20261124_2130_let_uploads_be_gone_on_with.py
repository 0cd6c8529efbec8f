"""Let uploads be gone on with.

Safe beside the previous release: new columns with a default, which it does not read. It
forgets an upload that is gone on with as any other: an hour after its last byte, once its
time is over.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "8d2b61f0c47e"
down_revision = "5c1e07d9a3b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("uploads") as batch_op:
        batch_op.add_column(
            sa.Column("resumable", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("metadata", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("uploads") as batch_op:
        batch_op.drop_column("metadata")
        batch_op.drop_column("resumable")
