"""Keep answers to requests with a key.

Safe beside the previous release: a new nullable column that it does not read.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7b7174dea5e9"
down_revision = "eedf1b32fdb2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("idempotency_keys") as batch_op:
        batch_op.add_column(sa.Column("answer", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("idempotency_keys") as batch_op:
        batch_op.drop_column("answer")
