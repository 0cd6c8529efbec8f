"""Users and sessions as rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, bindparam, or_
from sqlalchemy import select as sql_select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as OrmSession

from adapters.persistence.channels import channels
from adapters.persistence.database import LOCKED, Database, removal, violates
from adapters.persistence.metadata import (
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from adapters.persistence.prepared import Prepared
from videohub_core.accounts.entities import (
    DISPLAY_NAME_MOST,
    EMAIL_MOST,
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    Session,
    User,
)
from videohub_core.accounts.errors import EmailTaken
from videohub_core.accounts.ports import ChannelRef, SessionView, UserView
from videohub_core.shared.actor import Role
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import UserId

users = Table(
    "users",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column("email", String(EMAIL_MOST), nullable=False, unique=True),
    Column("email_verified", Boolean, nullable=False),
    Column("sub", String(255), unique=True),
    Column("phone", String(20)),
    Column("display_name", String(DISPLAY_NAME_MOST), nullable=False),
    Column("password_hash", String(255)),
    Column("locale", String(10)),
    Column("role", enum_column_type(Role), nullable=False),
    Column("is_banned", Boolean, nullable=False),
    Column("created", UtcDateTime, nullable=False),
)

sessions = Table(
    "sessions",
    mapper_registry.metadata,
    Column("token_hash", String(64), primary_key=True),
    Column(
        "user_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created", UtcDateTime, nullable=False),
    Column("last_used", UtcDateTime, nullable=False, index=True),
)


def map_accounts() -> None:
    mapper_registry.map_imperatively(User, users)
    mapper_registry.map_imperatively(Session, sessions)


_USER_VIEW = (
    users.c.id.label("user_id"),
    users.c.sub,
    users.c.email,
    users.c.email_verified,
    users.c.phone,
    users.c.display_name,
    users.c.locale,
    users.c.role,
    users.c.is_banned,
    users.c.created.label("user_created"),
    channels.c.id.label("channel_id"),
    channels.c.title.label("channel_title"),
)

_SESSION = Prepared(
    sql_select(sessions.c.token_hash, sessions.c.created, sessions.c.last_used, *_USER_VIEW)
    .join(users, users.c.id == sessions.c.user_id)
    .join(channels, channels.c.user_id == users.c.id)
    .where(sessions.c.token_hash == bindparam("token_hash"))
)
_USER = Prepared(
    sql_select(*_USER_VIEW)
    .join(channels, channels.c.user_id == users.c.id)
    .where(users.c.id == bindparam("user_id"))
)
_PASSWORD = Prepared(
    sql_select(users.c.id, users.c.password_hash).where(users.c.email == bindparam("email"))
)


class SqlUsers:
    """`UserRepository` over one ORM session."""

    def __init__(self, session: OrmSession, track: Callable[[Aggregate], None]) -> None:
        self._session = session
        self._track = track

    def add(self, user: User) -> None:
        self._session.add(user)
        self._track(user)
        try:
            self._session.flush()
        except IntegrityError as error:
            if violates(error, "uq_users_email"):
                raise EmailTaken from error
            raise

    def get(self, user_id: UserId) -> User | None:
        return self._found(self._session.get(User, user_id, with_for_update=LOCKED))

    def by_email(self, email: str) -> User | None:
        return self._found(
            self._session.scalars(
                sql_select(User).where(users.c.email == email).with_for_update(key_share=True)
            ).first()
        )

    def _found(self, user: User | None) -> User | None:
        if user is not None:
            self._track(user)
        return user


class SqlSessions:
    """`SessionRepository` over one ORM session."""

    def __init__(self, session: OrmSession) -> None:
        self._session = session

    def add(self, session: Session) -> None:
        self._session.add(session)
        self._session.flush()

    def get(self, token_hash: str) -> Session | None:
        return self._session.get(Session, token_hash, with_for_update=LOCKED)

    def remove(self, session: Session) -> None:
        self._session.delete(session)
        self._session.flush()

    def remove_expired(self, now: datetime) -> None:
        self._session.execute(
            removal(
                sessions,
                or_(
                    sessions.c.last_used <= now - SESSION_IDLE,
                    sessions.c.created <= now - SESSION_ABSOLUTE,
                ),
            )
        )


class SqlAccountReader:
    """`AccountReader` by Core selects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def session(self, token_hash: str) -> SessionView | None:
        row = _SESSION.first(self._database, {"token_hash": token_hash})
        if row is None:
            return None
        token_hash, created, last_used, *user = row
        return SessionView(token_hash, _user_view(user), created, last_used)

    def user(self, user_id: UserId) -> UserView | None:
        row = _USER.first(self._database, {"user_id": user_id})
        return None if row is None else _user_view(row)

    def password_of(self, email: str) -> tuple[UserId, str | None] | None:
        row = _PASSWORD.first(self._database, {"email": email})
        return None if row is None else (UserId(row[0]), row[1])


def _user_view(row: Sequence[Any]) -> UserView:
    """Return the view of a row of `_USER_VIEW`, whose columns have the fields' order."""
    *fields, created, channel_id, channel_title = row
    return UserView._make([*fields, ChannelRef(channel_id, channel_title), created])
