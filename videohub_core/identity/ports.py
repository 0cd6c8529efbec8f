"""What signing in through a provider needs from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.identity.entities import AccountLink, Identity, LoginAttempt


@dataclass(frozen=True)
class ProviderLogin:
    """Somebody whom the provider has let in. The tokens are credentials."""

    identity: Identity
    id_token: str
    access_token: str


@dataclass(frozen=True)
class AccessClaims:
    """Whose access token it is, and until when it is good."""

    issuer: str
    sub: str
    expires_at: datetime


class IdentityProvider(Protocol):
    """The provider of this hub (OpenID Connect Core 1.0).

    Every method raises ProviderUnavailable if the provider is needed and does not answer,
    or answers with what is no answer. It is asked again the next time.
    """

    def begin(self, *, state: str, nonce: str, verifier: str) -> str:
        """Return where a browser signs in; it comes back with the state and a code."""

    def finish(
        self, *, code: str, nonce: str, verifier: str, issuer: str | None
    ) -> ProviderLogin:
        """Redeem a code for who it is; `issuer` is who the browser says it comes from.

        Raise InvalidLogin unless the provider signed it, for this hub, for this nonce, now.
        """

    def userinfo(self, *, access_token: str, sub: str) -> Identity:
        """Return what the provider says of the token's owner.

        Raise InvalidToken if it does not take the token, or speaks of another one.
        """

    def verify_access_token(self, token: str) -> AccessClaims:
        """Return whose token it is; raise InvalidToken.

        A token is good if the provider signed it for the hub's audience, and it has not
        expired. What is no token of the provider's is told without asking it.
        """

    def logout_url(self, *, id_token: str | None) -> str | None:
        """Return where a browser ends its session there, and then comes back to the hub.

        None if the provider has no such place.
        """


class Seal(Protocol):
    """Keeps secrets for whoever brings the context they were sealed for."""

    def close(self, context: str, content: bytes) -> bytes: ...

    def open(self, context: str, sealed: bytes) -> bytes | None:
        """Return the content; None if it was sealed for another context or hub."""


class LoginAttemptRepository(Protocol):
    """The sign-ins under way, inside one transaction."""

    def add(self, attempt: LoginAttempt) -> None: ...

    def take(self, state_hash: str, browser_hash: str) -> LoginAttempt | None:
        """Return and delete the attempt of that browser; of two that take it, one gets it."""

    def remove_expired(self, now: datetime) -> None:
        """Delete what is as old as `LOGIN_LASTS`."""


class AccountLinkRepository(Protocol):
    """The identities that wait for a password, inside one transaction."""

    def add(self, link: AccountLink) -> None: ...

    def get(self, token_hash: str) -> AccountLink | None: ...

    def take(self, token_hash: str) -> AccountLink | None:
        """Return and delete it; of two that take it, one gets it."""

    def remove_expired(self, now: datetime) -> None:
        """Delete what is as old as `LOGIN_LASTS`."""


class ProviderSessionRepository(Protocol):
    """Which sessions began at the provider, with their sealed id_token.

    A row ends with its session.
    """

    def add(self, token_hash: str, sealed: bytes) -> None: ...

    def get(self, token_hash: str) -> bytes | None: ...


class IdentityUnitOfWork(AccountsUnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def login_attempts(self) -> LoginAttemptRepository: ...

    @property
    def account_links(self) -> AccountLinkRepository: ...

    @property
    def provider_sessions(self) -> ProviderSessionRepository: ...
