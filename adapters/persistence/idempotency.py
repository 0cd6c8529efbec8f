"""Idempotency keys as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, String, Table, and_, func, insert, select
from sqlalchemy.orm import Session

from adapters.persistence.database import removal
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from videohub_core.shared.idempotency import KEPT, KEY_MOST, IdempotencyKey, KeyReused

idempotency_keys = Table(
    "idempotency_keys",
    mapper_registry.metadata,
    Column("scope", String(64), primary_key=True),
    Column("operation", String(64), primary_key=True),
    Column("key", String(KEY_MOST), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("result", id_column_type(), nullable=False),
    Column("created", UtcDateTime, nullable=False, index=True),
)


class SqlIdempotency:
    """`IdempotencyRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def done(self, key: IdempotencyKey) -> str | None:
        if self._session.get_bind().dialect.name == "postgresql":
            # There is no row to lock yet: of two with the same key, the second waits.
            name = "\n".join((key.scope, key.operation, key.key))
            self._session.execute(
                select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0)))
            )
        row = self._session.execute(
            select(idempotency_keys.c.digest, idempotency_keys.c.result).where(
                and_(
                    idempotency_keys.c.scope == key.scope,
                    idempotency_keys.c.operation == key.operation,
                    idempotency_keys.c.key == key.key,
                )
            )
        ).first()
        if row is None:
            return None
        if row.digest != key.digest:
            raise KeyReused
        made: str = row.result
        return made

    def remember(self, key: IdempotencyKey, made: str, now: datetime) -> None:
        self._session.execute(
            removal(idempotency_keys, idempotency_keys.c.created <= now - KEPT)
        )
        self._session.execute(
            insert(idempotency_keys).values(
                scope=key.scope,
                operation=key.operation,
                key=key.key,
                digest=key.digest,
                result=made,
                created=now,
            )
        )
