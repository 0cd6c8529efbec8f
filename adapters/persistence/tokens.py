"""Token families, personal tokens and signing keys as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from adapters.persistence.accounts import CLIENT_MOST, USERS, SqlAccountReader, users
from adapters.persistence.database import LOCKED, Database, removal
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.persistence.prepared import Prepared
from videohub_core.accounts.ports import UserView
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import AccessTokenId, FamilyId, UserId
from videohub_core.tokens.entities import (
    FAMILY_LASTS,
    NAME_MOST,
    REFRESH_LASTS,
    AccessToken,
    RefreshToken,
    SigningKey,
    TokenFamily,
)
from videohub_core.tokens.ports import (
    AccessTokenView,
    FamilyView,
    PersonalCredential,
    PublicKey,
)


def _of_user() -> Column[Any]:
    key = ForeignKey("users.id", ondelete="CASCADE")
    return Column("user_id", id_column_type(), key, nullable=False, index=True)


token_families = Table(
    "token_families",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    _of_user(),
    Column("client", String(CLIENT_MOST)),
    Column("created", UtcDateTime, nullable=False),
    Column("last_used", UtcDateTime, nullable=False, index=True),
    Column("revoked_at", UtcDateTime),
)
refresh_tokens = Table(
    "refresh_tokens",
    mapper_registry.metadata,
    Column("token_hash", String(64), primary_key=True),
    Column(
        "family_id",
        id_column_type(),
        ForeignKey("token_families.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)
access_tokens = Table(
    "access_tokens",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    _of_user(),
    Column("name", String(NAME_MOST), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("last_used", UtcDateTime),
)
signing_keys = Table(
    "signing_keys",
    mapper_registry.metadata,
    Column("kid", String(64), primary_key=True),
    Column("private_key", LargeBinary, nullable=False),
    Column("public_key", JSON, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("retired_at", UtcDateTime),
)


def map_tokens() -> None:
    mapper_registry.map_imperatively(TokenFamily, token_families)
    mapper_registry.map_imperatively(RefreshToken, refresh_tokens)
    mapper_registry.map_imperatively(AccessToken, access_tokens)
    mapper_registry.map_imperatively(SigningKey, signing_keys)


_OWNER = Prepared(
    USERS.join(token_families, token_families.c.user_id == users.c.id).where(
        token_families.c.id == bindparam("family_id"),
        token_families.c.revoked_at.is_(None),
    )
)
_FAMILIES = Prepared(
    select(
        token_families.c.id,
        token_families.c.client,
        token_families.c.created,
        token_families.c.last_used,
    )
    .where(
        token_families.c.user_id == bindparam("user_id"),
        token_families.c.revoked_at.is_(None),
    )
    .order_by(token_families.c.last_used.desc())
)
_TOKEN = (
    access_tokens.c.id.label("token_id"),
    access_tokens.c.name,
    access_tokens.c.scopes,
    access_tokens.c.created.label("token_created"),
    access_tokens.c.expires_at,
    access_tokens.c.last_used,
)
_PERSONAL = Prepared(
    USERS.add_columns(*_TOKEN)
    .join(access_tokens, access_tokens.c.user_id == users.c.id)
    .where(access_tokens.c.token_hash == bindparam("token_hash"))
)
_PERSONAL_OF = Prepared(
    select(*_TOKEN)
    .where(access_tokens.c.user_id == bindparam("user_id"))
    .order_by(access_tokens.c.created.desc(), access_tokens.c.id.desc())
)
_PUBLIC_KEYS = Prepared(
    select(signing_keys.c.kid, signing_keys.c.public_key, signing_keys.c.retired_at).order_by(
        signing_keys.c.created.desc()
    )
)
_PRIVATE_KEY = Prepared(
    select(signing_keys.c.private_key).where(signing_keys.c.kid == bindparam("kid"))
)


class SqlFamilies:
    """`FamilyRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, family: TokenFamily) -> None:
        family.client = family.client and family.client[:CLIENT_MOST]
        self._session.add(family)
        self._session.flush()

    def get(self, family_id: FamilyId) -> TokenFamily | None:
        return self._session.get(TokenFamily, family_id, with_for_update=LOCKED)

    def add_refresh(self, token: RefreshToken) -> None:
        self._session.add(token)
        self._session.flush()

    def user_of(self, token_hash: str) -> UserId | None:
        return self._session.scalar(
            select(token_families.c.user_id)
            .join(refresh_tokens, refresh_tokens.c.family_id == token_families.c.id)
            .where(refresh_tokens.c.token_hash == token_hash)
        )

    def refresh(self, token_hash: str) -> RefreshToken | None:
        return self._session.get(RefreshToken, token_hash, with_for_update=LOCKED)

    def revoke_of(self, user_id: UserId, now: datetime) -> None:
        self._session.execute(
            update(token_families)
            .where(token_families.c.user_id == user_id, token_families.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )

    def remove_ended(self, now: datetime) -> None:
        self._session.execute(
            removal(
                token_families,
                or_(
                    token_families.c.last_used <= now - REFRESH_LASTS,
                    token_families.c.created <= now - FAMILY_LASTS,
                ),
            )
        )


class SqlAccessTokens:
    """`AccessTokenRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, token: AccessToken) -> None:
        self._session.add(token)
        self._session.flush()

    def get(self, token_id: AccessTokenId) -> AccessToken | None:
        return self._session.get(AccessToken, token_id, with_for_update=LOCKED)

    def count_of(self, user_id: UserId) -> int:
        return int(
            self._session.scalar(select(func.count()).where(access_tokens.c.user_id == user_id))
            or 0
        )

    def remove(self, token: AccessToken) -> None:
        self._session.delete(token)
        self._session.flush()

    def remove_of(self, user_id: UserId) -> None:
        self._session.execute(delete(access_tokens).where(access_tokens.c.user_id == user_id))


class SqlSigningKeys:
    """`SigningKeyRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> Sequence[SigningKey]:
        newest_first = select(SigningKey).order_by(signing_keys.c.created.desc())
        return self._session.scalars(newest_first.with_for_update(key_share=True)).all()

    def add(self, key: SigningKey) -> None:
        self._session.add(key)
        self._session.flush()

    def remove(self, key: SigningKey) -> None:
        self._session.delete(key)
        self._session.flush()


class SqlTokenReader:
    """`TokenReader` by hot selects."""

    def __init__(self, database: Database, accounts: SqlAccountReader, clock: Clock) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock

    def owner(self, family_id: FamilyId) -> UserView | None:
        row = _OWNER.first(self._database, {"family_id": family_id})
        return None if row is None else self._accounts.view(row)

    def families_of(self, user_id: UserId) -> Sequence[FamilyView]:
        now = self._clock.now()
        found = []
        for row in _FAMILIES.rows(self._database, {"user_id": user_id}):
            id_, client, created, last_used = row
            ends = min(created + FAMILY_LASTS, last_used + REFRESH_LASTS)
            if ends > now:
                found.append(FamilyView(id_, client, created, last_used, ends))
        return found

    def personal(self, token_hash: str) -> PersonalCredential | None:
        row = _PERSONAL.first(self._database, {"token_hash": token_hash})
        if row is None:
            return None
        user, token = row[: -len(_TOKEN)], row[-len(_TOKEN) :]
        return PersonalCredential(AccessTokenView(*token), self._accounts.view(user))

    def access_tokens_of(self, user_id: UserId) -> Sequence[AccessTokenView]:
        rows = _PERSONAL_OF.rows(self._database, {"user_id": user_id})
        return [AccessTokenView(*row) for row in rows]

    def public_keys(self) -> Sequence[PublicKey]:
        return [PublicKey(*row) for row in _PUBLIC_KEYS.rows(self._database, {})]

    def private_key(self, kid: str) -> bytes | None:
        row = _PRIVATE_KEY.first(self._database, {"kid": kid})
        return None if row is None else bytes(row[0])
