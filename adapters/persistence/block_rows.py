"""Who wants to hear nothing of whom, as rows."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table

from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry

blocks = Table(
    "blocks",
    mapper_registry.metadata,
    Column(
        "user_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "blocked_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
    Column("since", UtcDateTime, nullable=False),
)
