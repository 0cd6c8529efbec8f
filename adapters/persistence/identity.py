"""Sign-ins under way, accounts to be linked, and where sessions began, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
)
from sqlalchemy.orm import Session

from adapters.persistence.database import removal
from adapters.persistence.metadata import UtcDateTime, mapper_registry
from videohub_core.identity.entities import LOGIN_LASTS, AccountLink, LoginAttempt

login_attempts = Table(
    "login_attempts",
    mapper_registry.metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created", UtcDateTime, nullable=False, index=True),
)

account_links = Table(
    "account_links",
    mapper_registry.metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created", UtcDateTime, nullable=False, index=True),
)

provider_sessions = Table(
    "provider_sessions",
    mapper_registry.metadata,
    Column(
        "token_hash",
        String(64),
        ForeignKey("sessions.token_hash", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("sealed", LargeBinary, nullable=False),
)


class SqlLoginAttempts:
    """`LoginAttemptRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, attempt: LoginAttempt) -> None:
        self._session.execute(insert(login_attempts).values(**vars(attempt)))

    def take(self, state_hash: str, browser_hash: str) -> LoginAttempt | None:
        this = (login_attempts.c.state_hash == state_hash) & (
            login_attempts.c.browser_hash == browser_hash
        )
        row = _taken(self._session, login_attempts, this)
        return None if row is None else LoginAttempt(**row)

    def remove_expired(self, now: datetime) -> None:
        old = login_attempts.c.created <= now - LOGIN_LASTS
        self._session.execute(removal(login_attempts, old))


class SqlAccountLinks:
    """`AccountLinkRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, link: AccountLink) -> None:
        self._session.execute(insert(account_links).values(**vars(link)))

    def get(self, token_hash: str) -> AccountLink | None:
        this = select(account_links).where(account_links.c.token_hash == token_hash)
        row = self._session.execute(this).mappings().first()
        return None if row is None else AccountLink(**row)

    def take(self, token_hash: str) -> AccountLink | None:
        this = account_links.c.token_hash == token_hash
        row = _taken(self._session, account_links, this)
        return None if row is None else AccountLink(**row)

    def remove_expired(self, now: datetime) -> None:
        old = account_links.c.created <= now - LOGIN_LASTS
        self._session.execute(removal(account_links, old))


class SqlProviderSessions:
    """`ProviderSessionRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, token_hash: str, sealed: bytes) -> None:
        row = {"token_hash": token_hash, "sealed": sealed}
        self._session.execute(insert(provider_sessions).values(**row))

    def get(self, token_hash: str) -> bytes | None:
        this = provider_sessions.c.token_hash == token_hash
        sealed: bytes | None = self._session.scalar(
            select(provider_sessions.c.sealed).where(this)
        )
        return sealed


def _taken(session: Session, table: Table, this: ColumnElement[bool]) -> Any:
    """Return a row and delete it; whoever wants it too waits, and finds it gone."""
    row = session.execute(select(table).where(this).with_for_update()).mappings().first()
    if row is not None:
        session.execute(delete(table).where(this))
    return row
