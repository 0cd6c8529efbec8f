"""What tokens need from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from videohub_core.accounts.ports import SessionRepository, UserRepository, UserView
from videohub_core.shared.ids import AccessTokenId, FamilyId, UserId
from videohub_core.shared.unit_of_work import UnitOfWork
from videohub_core.tokens.entities import (
    AccessToken,
    RefreshToken,
    SigningKey,
    TokenFamily,
    key_is_good,
)


class FamilyView(NamedTuple):
    """A client that is signed in, as its owner sees it."""

    id: FamilyId
    client: str | None
    created: datetime
    last_used: datetime
    ends: datetime


class AccessTokenView(NamedTuple):
    """A personal token as its owner sees it: what it is, never the token."""

    id: AccessTokenId
    name: str
    scopes: Sequence[str]
    created: datetime
    expires_at: datetime | None
    last_used: datetime | None


class PersonalCredential(NamedTuple):
    """A stored personal token and whose it is."""

    token: AccessTokenView
    user: UserView


class PublicKey(NamedTuple):
    """A key that verifies (RFC 7517)."""

    kid: str
    jwk: Mapping[str, str]
    retired_at: datetime | None

    def is_good_at(self, now: datetime) -> bool:
        """Tell whether what it signed may still be good."""
        return key_is_good(self.retired_at, now)


@dataclass(frozen=True)
class AccessClaims:
    """What an access token of ours says."""

    user_id: UserId
    family_id: FamilyId
    expires_at: datetime


class FamilyRepository(Protocol):
    """Token families and their refresh tokens inside one transaction."""

    def add(self, family: TokenFamily) -> None: ...

    def get(self, family_id: FamilyId) -> TokenFamily | None:
        """Return the family, locked against other transactions until this one ends."""

    def add_refresh(self, token: RefreshToken) -> None: ...

    def user_of(self, token_hash: str) -> UserId | None:
        """Return whose refresh token it is, without locking anything."""

    def refresh(self, token_hash: str) -> RefreshToken | None: ...

    def revoke_of(self, user_id: UserId, now: datetime) -> None:
        """End every family of the user that has not ended yet."""

    def remove_ended(self, now: datetime) -> None:
        """Delete families that are over, and their tokens."""


class AccessTokenRepository(Protocol):
    """Personal tokens inside one transaction."""

    def add(self, token: AccessToken) -> None: ...

    def get(self, token_id: AccessTokenId) -> AccessToken | None: ...

    def count_of(self, user_id: UserId) -> int: ...

    def remove(self, token: AccessToken) -> None: ...

    def remove_of(self, user_id: UserId) -> None:
        """Delete every token of the user."""


class SigningKeyRepository(Protocol):
    """Signing keys inside one transaction."""

    def all(self) -> Sequence[SigningKey]:
        """Return every key, the newest one first, locked."""

    def add(self, key: SigningKey) -> None: ...

    def remove(self, key: SigningKey) -> None: ...


class TokensUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def sessions(self) -> SessionRepository: ...

    @property
    def families(self) -> FamilyRepository: ...

    @property
    def access_tokens(self) -> AccessTokenRepository: ...

    @property
    def signing_keys(self) -> SigningKeyRepository: ...


class TokenReader(Protocol):
    """Reads tokens outside any transaction."""

    def owner(self, family_id: FamilyId) -> UserView | None:
        """Return whose family it is, None if it has ended or there is none."""

    def families_of(self, user_id: UserId) -> Sequence[FamilyView]:
        """Return the families that have not ended, the one used last first."""

    def personal(self, token_hash: str) -> PersonalCredential | None:
        """Return a stored personal token, expired or not."""

    def access_tokens_of(self, user_id: UserId) -> Sequence[AccessTokenView]:
        """Return the user's personal tokens, freshest (`created`) first."""

    def public_keys(self) -> Sequence[PublicKey]:
        """Return every key, good or not, the newest one first."""

    def private_key(self, kid: str) -> bytes | None:
        """Return the sealed half of a key, None if there is no such key."""


class AccessTokens(Protocol):
    """Signs access tokens and verifies them (RFC 9068)."""

    def sign(self, claims: AccessClaims) -> str:
        """Return a token signed by the newest key."""

    def verify(self, token: str) -> AccessClaims:
        """Return what a token of ours says; raise InvalidToken for any other."""


class KeyMaker(Protocol):
    """Makes pairs of keys."""

    def make(self, now: datetime) -> SigningKey:
        """Return a fresh pair; it takes some tenths of a second."""
