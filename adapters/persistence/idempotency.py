"""Idempotency keys as rows, and the answers that belong to them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    LargeBinary,
    String,
    Table,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from adapters.persistence.database import Database, removal, translated_errors
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.security.seal import Seal
from videohub_core.shared.clock import Clock
from videohub_core.shared.idempotency import KEPT, KEY_MOST, IdempotencyKey, KeyReused

idempotency_keys = Table(
    "idempotency_keys",
    mapper_registry.metadata,
    Column("scope", String(64), primary_key=True),
    Column("operation", String(64), primary_key=True),
    # A digest: the key itself opens the answer.
    Column("key", String(KEY_MOST), primary_key=True),
    Column("digest", String(64), nullable=False),
    # Empty where what was made has no id, as a session.
    Column("result", id_column_type(), nullable=False),
    Column("answer", LargeBinary),
    Column("created", UtcDateTime, nullable=False, index=True),
)

_THIS = and_(
    idempotency_keys.c.scope == bindparam("of_scope"),
    idempotency_keys.c.operation == bindparam("of_operation"),
    idempotency_keys.c.key == bindparam("of_key"),
)
_FIND = select(
    idempotency_keys.c.digest, idempotency_keys.c.result, idempotency_keys.c.answer
).where(_THIS)
_ANSWER = update(idempotency_keys).where(_THIS).values(answer=bindparam("sealed"))


class SqlIdempotency:
    """`IdempotencyRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def done(self, key: IdempotencyKey) -> str | None:
        _lock(self._session, key)
        row = _checked(self._session.execute(_FIND, _named(key)).first(), key)
        return None if row is None else row.result or None

    def remember(self, key: IdempotencyKey, made: str, now: datetime) -> None:
        _forget(self._session, now)
        self._session.execute(insert(idempotency_keys).values(**_row(key, now), result=made))


class SqlKeptAnswers:
    """`KeptAnswers` sealed in the rows of their keys."""

    def __init__(self, database: Database, seal: Seal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    def get(self, key: IdempotencyKey) -> bytes | None:
        with self._database.reading() as connection:
            row = _checked(connection.execute(_FIND, _named(key)).first(), key)
        if row is None or row.answer is None:
            return None
        return self._seal.open(_context(key), row.answer)

    def keep(self, key: IdempotencyKey, answer: bytes) -> None:
        sealed = self._seal.close(_context(key), answer)
        with translated_errors(), Session(self._database.writer) as session:
            _lock(session, key)
            row = _checked(session.execute(_FIND, _named(key)).first(), key)
            if row is None:
                now = self._clock.now()
                _forget(session, now)
                session.execute(
                    insert(idempotency_keys).values(**_row(key, now), result="", answer=sealed)
                )
            elif row.answer is None:
                session.execute(_ANSWER, {**_named(key), "sealed": sealed})
            session.commit()


def _digest(key: IdempotencyKey) -> str:
    return hashlib.sha256(key.key.encode()).hexdigest()


def _context(key: IdempotencyKey) -> str:
    return "\n".join((key.scope, key.operation, key.key))


def _named(key: IdempotencyKey) -> Mapping[str, str]:
    return {"of_scope": key.scope, "of_operation": key.operation, "of_key": _digest(key)}


def _row(key: IdempotencyKey, now: datetime) -> Mapping[str, Any]:
    return {
        "scope": key.scope,
        "operation": key.operation,
        "key": _digest(key),
        "digest": key.digest,
        "created": now,
    }


def _checked(row: Any, key: IdempotencyKey) -> Any:
    if row is not None and row.digest != key.digest:
        raise KeyReused
    return row


def _forget(session: Session, now: datetime) -> None:
    session.execute(removal(idempotency_keys, idempotency_keys.c.created <= now - KEPT))


def _lock(session: Session, key: IdempotencyKey) -> None:
    """Make the second of two with the same key wait: there is no row to lock yet."""
    if session.get_bind().dialect.name == "postgresql":
        name = func.hashtextextended(_context(key), 0)
        session.execute(select(func.pg_advisory_xact_lock(name)))
