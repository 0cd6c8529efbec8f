"""Let accounts come from an identity provider.

Safe beside the previous release as long as nobody signs in through a provider: it cannot
show an account without an e-mail, and does not look at the new column and tables.

Going down, accounts without an e-mail get a placeholder that nobody can write to, and lose
it going up again. Two of one `sub` at different providers both lose it: the previous
release has no use for it, and no place for two.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5c0f7a1d9b26"
down_revision = "c0a2ef5419ec"
branch_labels = None
depends_on = None

PLACEHOLDER = "@no-email.invalid"


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(sa.Column("issuer", sa.String(length=255), nullable=True))
        batch_op.alter_column("email", existing_type=sa.String(length=254), nullable=True)
        batch_op.drop_constraint("uq_users_sub", type_="unique")
        batch_op.create_unique_constraint("uq_users_issuer_sub", ["issuer", "sub"])
    op.execute(f"UPDATE users SET email = NULL WHERE email = id || '{PLACEHOLDER}'")

    op.create_table(
        "login_attempts",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_login_attempts")),
    )
    with op.batch_alter_table("login_attempts") as batch_op:
        batch_op.create_index(batch_op.f("ix_login_attempts_created"), ["created"])
    op.create_table(
        "account_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_links")),
    )
    with op.batch_alter_table("account_links") as batch_op:
        batch_op.create_index(batch_op.f("ix_account_links_created"), ["created"])
    op.create_table(
        "provider_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_hash"],
            ["sessions.token_hash"],
            name=op.f("fk_provider_sessions_token_hash_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_provider_sessions")),
    )


def downgrade() -> None:
    op.drop_table("provider_sessions")
    op.drop_table("account_links")
    op.drop_table("login_attempts")
    op.execute(f"UPDATE users SET email = id || '{PLACEHOLDER}' WHERE email IS NULL")
    op.execute(
        "UPDATE users SET sub = NULL WHERE sub IN "
        "(SELECT sub FROM users GROUP BY sub HAVING count(*) > 1)"
    )
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_constraint("uq_users_issuer_sub", type_="unique")
        batch_op.create_unique_constraint("uq_users_sub", ["sub"])
        batch_op.alter_column("email", existing_type=sa.String(length=254), nullable=False)
        batch_op.drop_column("issuer")
