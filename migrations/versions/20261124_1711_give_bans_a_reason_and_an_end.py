"""Give bans a reason and an end.

Safe beside the previous release: new nullable columns and an index that it does not read.
To it, a ban that has ended by itself still holds.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "32a4f291fb6f"
down_revision = "7b7174dea5e9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(sa.Column("ban_reason", sa.String(length=500), nullable=True))
        batch_op.add_column(
            sa.Column("banned_until", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.create_index("ix_users_created", ["created", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_index("ix_users_created")
        batch_op.drop_column("banned_until")
        batch_op.drop_column("ban_reason")
