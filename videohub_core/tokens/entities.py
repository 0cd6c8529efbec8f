"""Token families, personal tokens, and the keys that sign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Self

from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import AccessTokenId, FamilyId, UserId
from videohub_core.shared.text import text_error
from videohub_core.tokens.errors import InvalidRefreshToken

ACCESS_LASTS = timedelta(minutes=15)
REFRESH_LASTS = timedelta(days=30)
"""How long a refresh token that is not used can be."""
FAMILY_LASTS = timedelta(days=365)
KEY_KEPT = timedelta(hours=1)
"""How long a key that signs no more is published: longer than what it signed lasts."""
USE_NOTED = timedelta(minutes=10)
"""A token's last use is stored this often at most, so that reading stays reading."""

NAME_MOST = 80
PERSONAL_MOST = 50
"""How many personal tokens a member may have."""
PERSONAL_PREFIX = "vhp_"
"""What personal tokens begin with, so that scanners of code recognise them."""
LASTS_MOST_DAYS = 366


class Scope(Enum):
    """What a personal token allows, of what its owner may do."""

    READ = "read"
    UPLOAD = "upload"
    WRITE = "write"
    MODERATE = "moderate"

    def allows(self, needed: Scope) -> bool:
        """Tell whether this one is enough; whoever may write may upload."""
        return self is needed or (self is Scope.WRITE and needed is Scope.UPLOAD)


@dataclass(eq=False, kw_only=True)
class TokenFamily(Aggregate):
    """A client that is signed in: the tokens that each came of the one before."""

    id: FamilyId
    user_id: UserId
    client: str | None
    """What the client calls itself (User-Agent)."""
    created: datetime
    last_used: datetime
    revoked_at: datetime | None = None

    def revoke(self, now: datetime) -> None:
        """End the family; ending it twice is ending it once."""
        if self.revoked_at is None:
            self.revoked_at = now

    @property
    def ends(self) -> datetime:
        return min(self.created + FAMILY_LASTS, self.last_used + REFRESH_LASTS)


@dataclass(eq=False, kw_only=True)
class RefreshToken(Aggregate):
    """A refresh token, good for one use. Only its hash is stored."""

    token_hash: str
    family_id: FamilyId
    created: datetime
    used_at: datetime | None = None

    def use(self, now: datetime) -> None:
        self.used_at = now


def check_usable(token: RefreshToken, family: TokenFamily, now: datetime) -> None:
    """Raise InvalidRefreshToken, ending the family if the token was used before.

    Whoever comes second has a copy, or lost the answer to the first: which of the two is
    the owner cannot be told, so both sign in again (RFC 9700, section 4.14.2).
    """
    if token.used_at is not None:
        family.revoke(now)
    if family.revoked_at is not None or family.ends <= now:
        raise InvalidRefreshToken


@dataclass(eq=False, kw_only=True)
class AccessToken(Aggregate):
    """A personal access token. It is shown once; only its hash is stored."""

    id: AccessTokenId
    user_id: UserId
    name: str
    token_hash: str
    scopes: list[str] = field(default_factory=list)
    created: datetime
    expires_at: datetime | None
    last_used: datetime | None = None


@dataclass(frozen=True)
class AccessTokenDetails:
    """What a member asks of a new personal token, checked."""

    name: str
    scopes: tuple[Scope, ...]
    lasts: timedelta | None

    @classmethod
    def checked(cls, *, name: str, scopes: Iterable[str], days: int | None) -> Self:
        """Return the details with each scope once, or raise InvalidInput."""
        name, wanted = name.strip(), list(dict.fromkeys(scopes))
        known = {scope.value for scope in Scope}
        errors = [text_error("/name", name, least=1, most=NAME_MOST, one_line=True)]
        errors += [
            FieldError(f"/scopes/{index}", "invalid_choice", "There is no such scope.")
            for index, scope in enumerate(wanted)
            if scope not in known
        ]
        if not wanted:
            errors.append(FieldError("/scopes", "required", "Name at least one scope."))
        if days is not None and not 1 <= days <= LASTS_MOST_DAYS:
            errors.append(
                FieldError("/days", "out_of_range", f"This is 1 to {LASTS_MOST_DAYS}.")
            )
        found = [error for error in errors if error is not None]
        if found:
            raise InvalidInput(found)
        lasts = None if days is None else timedelta(days=days)
        return cls(name, tuple(Scope(scope) for scope in wanted), lasts)


def key_is_good(retired_at: datetime | None, now: datetime) -> bool:
    """Tell whether what a key signed may still be good: the one place that decides it."""
    return retired_at is None or now < retired_at + KEY_KEPT


@dataclass(eq=False, kw_only=True)
class SigningKey(Aggregate):
    """A pair of keys. The private one is sealed; the public one is for everybody."""

    kid: str
    private_key: bytes
    public_key: dict[str, str]
    created: datetime
    retired_at: datetime | None = None

    def retire(self, now: datetime) -> None:
        """Sign no more; what was signed stays good."""
        if self.retired_at is None:
            self.retired_at = now
