"""Somebody as their provider knows them, and sign-ins that are under way."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from videohub_core.accounts.entities import DISPLAY_NAME_MOST
from videohub_core.shared.ids import UserId
from videohub_core.shared.locales import LOCALES

LOGIN_LASTS = timedelta(minutes=10)
"""How long a sign-in may take, at the provider and while it asks for a password."""

NAMELESS = "Member"

# A name is read as far as this: what is longer is cut anyway.
_READ_MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What a provider says of somebody; `issuer` and `sub` are who they are, for good."""

    issuer: str
    sub: str
    email: str | None = None
    email_verified: bool = False
    names: tuple[str, ...] = ()
    """What they are called, the best first."""
    locale: str | None = None

    @property
    def is_complete(self) -> bool:
        """Tell whether there is all that a new account is made of."""
        return self.email is not None and bool(self.names)

    def completed(self, other: Identity) -> Identity:
        """Return this with what only the other says; an e-mail goes with its verification."""
        mail = self if self.email is not None else other
        return replace(
            self,
            email=mail.email,
            email_verified=mail.email_verified,
            names=(*self.names, *other.names),
            locale=self.locale or other.locale,
        )

    @property
    def display_name(self) -> str:
        """Return a valid display name. An address becomes its local part: it is not public."""
        return next(_valid_names((*self.names, self.email or "")), NAMELESS)

    @property
    def language(self) -> str | None:
        """Return the locale if it is one that the hub speaks."""
        language = (self.locale or "")[:10].replace("_", "-").partition("-")[0].lower()
        return language if language in LOCALES else None


def _valid_names(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        visible = "".join(
            " " if unicodedata.category(character) in ("Cc", "Cs") else character
            for character in name[:_READ_MOST]
        )
        words = " ".join(filter(None, map(_without_host, visible.split())))
        if words:
            yield words[:DISPLAY_NAME_MOST].rstrip()


def _without_host(word: str) -> str:
    local, at, _ = word.partition("@")
    return local if at else word


@dataclass(frozen=True, kw_only=True)
class LoginAttempt:
    """A browser that is on its way to the provider and back.

    What it brings home is sealed under the state, which only the browser and the
    provider have.
    """

    state_hash: str
    browser_hash: str
    sealed: bytes
    created: datetime


@dataclass(frozen=True, kw_only=True)
class AccountLink:
    """A proven identity that waits for the password of the account it is to belong to.

    It is sealed under a secret that only the browser has.
    """

    token_hash: str
    sealed: bytes
    created: datetime


@dataclass(frozen=True, kw_only=True)
class TakenLogin:
    """What a sign-in needs on its way back; secrets of one browser."""

    nonce: str
    verifier: str
    return_to: str


@dataclass(frozen=True, kw_only=True)
class ProvenIdentity:
    """Who somebody is at the provider, and the account that has their verified e-mail."""

    issuer: str
    sub: str
    id_token: str
    user_id: UserId
    email: str
    return_to: str
