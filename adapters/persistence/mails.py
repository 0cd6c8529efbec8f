"""Mails that wait, and the links that were mailed, as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, and_, delete, select
from sqlalchemy.orm import Session

from adapters.persistence.database import LOCKED, removal
from adapters.persistence.metadata import (
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from videohub_core.accounts.entities import EMAIL_MOST
from videohub_core.mail.entities import Mail, MailKind
from videohub_core.shared.ids import JobId, UserId
from videohub_core.verification.entities import MailedLink, Purpose

mails = Table(
    "mails",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column("kind", enum_column_type(MailKind), nullable=False),
    Column("address", String(EMAIL_MOST), nullable=False),
    Column("user_id", id_column_type(), ForeignKey("users.id", ondelete="CASCADE"), index=True),
    Column("locale", String(10)),
    Column("created", UtcDateTime, nullable=False),
)

mailed_links = Table(
    "mailed_links",
    mapper_registry.metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("purpose", enum_column_type(Purpose), nullable=False),
    Column(
        "user_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("email", String(EMAIL_MOST), nullable=False),
    Column("made_for", String(64), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)


def map_mails() -> None:
    mapper_registry.map_imperatively(Mail, mails)
    mapper_registry.map_imperatively(MailedLink, mailed_links)


class SqlMails:
    """`MailRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, mail: Mail) -> None:
        self._session.add(mail)
        self._session.flush()

    def get(self, mail_id: JobId) -> Mail | None:
        return self._session.get(Mail, mail_id, with_for_update=LOCKED)

    def remove(self, mail: Mail) -> None:
        self._session.delete(mail)
        self._session.flush()


class SqlMailedLinks:
    """`MailedLinkRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, link: MailedLink) -> None:
        self._session.add(link)
        self._session.flush()

    def user_of(self, token_hash: str) -> UserId | None:
        return self._session.scalar(
            select(mailed_links.c.user_id).where(mailed_links.c.token_hash == token_hash)
        )

    def get(self, token_hash: str) -> MailedLink | None:
        return self._session.get(MailedLink, token_hash, with_for_update=LOCKED)

    def remove_of(self, user_id: UserId, purpose: Purpose) -> None:
        mine = and_(mailed_links.c.user_id == user_id, mailed_links.c.purpose == purpose)
        self._session.execute(delete(mailed_links).where(mine))

    def remove_expired(self, now: datetime) -> None:
        self._session.execute(removal(mailed_links, mailed_links.c.expires_at <= now))
