"""Users and sessions as rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    or_,
    table,
)
from sqlalchemy import column as sql_column
from sqlalchemy import select as sql_select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as OrmSession

from adapters.persistence.channels import channels
from adapters.persistence.database import LOCKED, Database, removal, violates
from adapters.persistence.keyset import behind, page_of
from adapters.persistence.metadata import (
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from adapters.persistence.prepared import Prepared
from videohub_core.accounts.entities import (
    BAN_REASON_MOST,
    DISPLAY_NAME_MOST,
    EMAIL_MOST,
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    Session,
    User,
    UserQuery,
    ban_holds,
)
from videohub_core.accounts.errors import EmailTaken, IdentityTaken
from videohub_core.accounts.ports import (
    ChannelRef,
    ListedUser,
    SessionView,
    UserView,
)
from videohub_core.shared.actor import Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import Page, PageRequest, Position

users = Table(
    "users",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column("email", String(EMAIL_MOST), unique=True),
    Column("email_verified", Boolean, nullable=False),
    Column("pending_email", String(EMAIL_MOST)),
    Column("issuer", String(255)),
    Column("sub", String(255)),
    Column("phone", String(20)),
    Column("display_name", String(DISPLAY_NAME_MOST), nullable=False),
    Column("password_hash", String(255)),
    Column("locale", String(10)),
    Column("role", enum_column_type(Role), nullable=False),
    Column("is_banned", Boolean, nullable=False),
    Column("ban_reason", String(BAN_REASON_MOST)),
    Column("banned_until", UtcDateTime),
    Column("created", UtcDateTime, nullable=False),
    UniqueConstraint("issuer", "sub"),
    Index("ix_users_created", "created", "id"),
)

CLIENT_MOST = 200

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
    Column("client", String(CLIENT_MOST)),
)


def map_accounts() -> None:
    mapper_registry.map_imperatively(User, users)
    mapper_registry.map_imperatively(Session, sessions)


_USER_VIEW = (
    users.c.id.label("user_id"),
    users.c.sub,
    users.c.email,
    users.c.email_verified,
    users.c.pending_email,
    users.c.phone,
    users.c.display_name,
    users.c.locale,
    users.c.role,
    users.c.is_banned,
    users.c.ban_reason,
    users.c.banned_until,
    users.c.created.label("user_created"),
    channels.c.id.label("channel_id"),
    channels.c.title.label("channel_title"),
)

_SESSIONS = (
    sql_select(
        sessions.c.token_hash,
        sessions.c.created,
        sessions.c.last_used,
        sessions.c.client,
        *_USER_VIEW,
    )
    .join(users, users.c.id == sessions.c.user_id)
    .join(channels, channels.c.user_id == users.c.id)
)
_SESSION = Prepared(_SESSIONS.where(sessions.c.token_hash == bindparam("token_hash")))
_SESSIONS_OF = Prepared(
    _SESSIONS.where(sessions.c.user_id == bindparam("owner_id")).order_by(
        sessions.c.last_used.desc(), sessions.c.token_hash
    )
)
USERS = sql_select(*_USER_VIEW).join(channels, channels.c.user_id == users.c.id)
"""Users as `SqlAccountReader.view` reads them."""
_USER = Prepared(USERS.where(users.c.id == bindparam("user_id")))
_USER_BY_EMAIL = Prepared(USERS.where(users.c.email == bindparam("address")))
_USER_BY_IDENTITY = Prepared(
    USERS.where(
        users.c.issuer == bindparam("of_issuer"),
        users.c.sub == bindparam("of_sub"),
    )
)
_PASSWORD_HASH = Prepared(
    sql_select(users.c.password_hash).where(users.c.id == bindparam("user_id"))
)
_PASSWORD = Prepared(
    sql_select(users.c.id, users.c.password_hash).where(users.c.email == bindparam("email"))
)

# The videos module builds on this one, so its table is named, not imported.
_videos = table("videos", sql_column("owner_id"))

_LISTED = (
    sql_select(
        users.c.id,
        users.c.email,
        users.c.display_name,
        users.c.role,
        users.c.is_banned,
        users.c.ban_reason,
        users.c.banned_until,
        users.c.created,
        sql_select(func.count())
        .where(_videos.c.owner_id == users.c.id)
        .scalar_subquery()
        .label("videos"),
    )
    .order_by(users.c.created.desc(), users.c.id.desc())
    .limit(bindparam("limit"))
)
_LISTED_AFTER = behind(users.c.created, users.c.id)
_LISTED_BANNED = users.c.is_banned & or_(
    users.c.banned_until.is_(None),
    users.c.banned_until > bindparam("now", type_=UtcDateTime),
)
_COMPARED_AT_ONCE = 500


class SqlUsers:
    """`UserRepository` over one ORM session."""

    def __init__(self, session: OrmSession, track: Callable[[Aggregate], None]) -> None:
        self._session = session
        self._track = track

    def add(self, user: User) -> None:
        self._session.add(user)
        self._track(user)
        self._flush()

    def change_email(self, user: User, email: str) -> None:
        user.take_over(email)
        self._flush()

    def get(self, user_id: UserId) -> User | None:
        return self._found(self._session.get(User, user_id, with_for_update=LOCKED))

    def by_email(self, email: str) -> User | None:
        return self._found(
            self._session.scalars(
                sql_select(User).where(users.c.email == email).with_for_update(key_share=True)
            ).first()
        )

    def by_identity(self, issuer: str, sub: str) -> User | None:
        return self._found(
            self._session.scalars(
                sql_select(User)
                .where(users.c.issuer == issuer, users.c.sub == sub)
                .with_for_update(key_share=True)
            ).first()
        )

    def identify(self, user: User, issuer: str, sub: str) -> None:
        user.issuer, user.sub = issuer, sub
        self._flush()

    def admins(self) -> Sequence[User]:
        # By id, so that two that lock them wait for each other, and never in a circle.
        found = self._session.scalars(
            sql_select(User)
            .where(users.c.role == Role.ADMIN)
            .order_by(users.c.id)
            .with_for_update(key_share=True)
        ).all()
        for user in found:
            self._track(user)
        return found

    def _found(self, user: User | None) -> User | None:
        if user is not None:
            self._track(user)
        return user

    def remove(self, user: User) -> None:
        self._session.delete(user)
        self._session.flush()

    def _flush(self) -> None:
        try:
            self._session.flush()
        except IntegrityError as error:
            if violates(error, "uq_users_email"):
                raise EmailTaken from error
            if violates(error, "uq_users_issuer_sub"):
                raise IdentityTaken from error
            raise


class SqlSessions:
    """`SessionRepository` over one ORM session."""

    def __init__(self, session: OrmSession) -> None:
        self._session = session

    def add(self, session: Session) -> None:
        session.client = session.client and session.client[:CLIENT_MOST]
        self._session.add(session)
        self._session.flush()

    def get(self, token_hash: str) -> Session | None:
        return self._session.get(Session, token_hash, with_for_update=LOCKED)

    def remove(self, session: Session) -> None:
        self._session.delete(session)
        self._session.flush()

    def of_user(self, user_id: UserId) -> Sequence[Session]:
        return self._session.scalars(
            sql_select(Session).where(sessions.c.user_id == user_id).with_for_update()
        ).all()

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

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def session(self, token_hash: str) -> SessionView | None:
        row = _SESSION.first(self._database, {"token_hash": token_hash})
        if row is None:
            return None
        return self._session_view(row)

    def sessions_of(self, user_id: UserId) -> Sequence[SessionView]:
        rows = _SESSIONS_OF.rows(self._database, {"owner_id": user_id})
        return [self._session_view(row) for row in rows]

    def user(self, user_id: UserId) -> UserView | None:
        row = _USER.first(self._database, {"user_id": user_id})
        return None if row is None else self.view(row)

    def by_email(self, email: str) -> UserView | None:
        row = _USER_BY_EMAIL.first(self._database, {"address": email})
        return None if row is None else self.view(row)

    def by_identity(self, issuer: str, sub: str) -> UserView | None:
        values = {"of_issuer": issuer, "of_sub": sub}
        row = _USER_BY_IDENTITY.first(self._database, values)
        return None if row is None else self.view(row)

    def users(self, query: UserQuery, page: PageRequest) -> Page[ListedUser]:
        # The text is compared here: the databases do not fold the case of every letter.
        found: list[ListedUser] = []
        after, limit = page.after, _COMPARED_AT_ONCE if query.text else page.limit + 1
        while len(found) <= page.limit:
            listed = self._listed(query, after, limit)
            found += [user for user in listed if query.fits(user.email, user.display_name)]
            if len(listed) < limit:
                break
            after = Position(listed[-1].created, listed[-1].id)
        return page_of(found, page, lambda one: Position(one.created, one.id))

    def _listed(self, query: UserQuery, after: Position | None, limit: int) -> list[ListedUser]:
        now = self._clock.now()
        statement, values = _LISTED, dict[str, Any](limit=limit)
        if query.role is not None:
            statement = statement.where(users.c.role == query.role)
        if query.banned:
            statement, values = statement.where(_LISTED_BANNED), {**values, "now": now}
        if after is not None:
            statement = statement.where(_LISTED_AFTER)
            values |= {"at": after.at, "id": after.id}
        rows = Prepared(statement).rows(self._database, values)
        return [_listed_user(row, now) for row in rows]

    def password_hash(self, user_id: UserId) -> str | None:
        row = _PASSWORD_HASH.first(self._database, {"user_id": user_id})
        return None if row is None else row[0]

    def password_of(self, email: str) -> tuple[UserId, str | None] | None:
        row = _PASSWORD.first(self._database, {"email": email})
        return None if row is None else (UserId(row[0]), row[1])

    def _session_view(self, row: Sequence[Any]) -> SessionView:
        token_hash, created, last_used, client, *user = row
        return SessionView(token_hash, self.view(user), created, last_used, client)

    def view(self, row: Sequence[Any]) -> UserView:
        """Return the view of a row of `USERS`."""
        *fields, is_banned, reason, until, created, channel_id, channel_title = row
        holds = ban_holds(is_banned, until, self._clock.now())
        channel = ChannelRef(channel_id, channel_title)
        ban = (reason, until) if holds else (None, None)
        return UserView._make([*fields, holds, channel, created, *ban])


def _listed_user(row: Sequence[Any], now: datetime) -> ListedUser:
    """Return the view of a row of `_LISTED`."""
    user_id, email, name, role, is_banned, reason, until, created, videos = row
    holds = ban_holds(is_banned, until, now)
    return ListedUser(user_id, email, name, role, holds, reason, until, created, videos)
