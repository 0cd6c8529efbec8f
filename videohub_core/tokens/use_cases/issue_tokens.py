"""Sign a client in that keeps no cookies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from videohub_core.accounts.entities import Session
from videohub_core.accounts.policies import PasswordDoor, user_who_gets_in
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import Unauthenticated
from videohub_core.shared.ids import FamilyId, Ids, UserId, hash_of
from videohub_core.tokens.entities import (
    ACCESS_LASTS,
    RefreshToken,
    TokenFamily,
)
from videohub_core.tokens.ports import AccessClaims, AccessTokens, TokensUnitOfWork


@dataclass(frozen=True)
class TokenPair:
    """What a client gets; neither token is kept anywhere."""

    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds that the access token lasts."""
    family_id: FamilyId
    user_id: UserId


class IssueTokens:
    """Begin a family of tokens, for an e-mail and its password or for somebody signed in."""

    def __init__(
        self,
        uow: TokensUnitOfWork,
        door: PasswordDoor,
        signer: AccessTokens,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._door = door
        self._signer = signer
        self._ids = ids
        self._clock = clock

    def for_password(self, *, email: str, password: str, client: str | None) -> TokenPair:
        """Raise WrongCredentials, or AccountBanned or EmailNotVerified after the right one."""
        proven, now = self._door.prove(email, password), self._clock.now()
        return self._issue(
            proven.id, client, now, lambda uow: self._door.let_in(uow.users, proven, now)
        )

    def __call__(self, *, actor: Actor, session: str, client: str | None) -> TokenPair:
        """`session` is the token of the actor's; raise Unauthenticated once it has ended."""
        now = self._clock.now()

        def let_in(uow: TokensUnitOfWork) -> None:
            user_who_gets_in(uow.users, actor.id, now)
            # What ends sessions ends tokens too, and would have missed these.
            if uow.sessions.get(Session.hash(session)) is None:
                raise Unauthenticated

        return self._issue(actor.id, client, now, let_in)

    def _issue(
        self,
        user_id: UserId,
        client: str | None,
        now: datetime,
        let_in: Callable[[TokensUnitOfWork], object],
    ) -> TokenPair:
        family = TokenFamily(
            id=FamilyId(self._ids.new()),
            user_id=user_id,
            client=client,
            created=now,
            last_used=now,
        )
        with self._uow as uow:
            let_in(uow)
            uow.families.remove_ended(now)
            uow.families.add(family)
            refresh = add_refresh(uow, family, self._ids, now)
            uow.commit()
        return sign_pair(self._signer, family, refresh, now)


def add_refresh(uow: TokensUnitOfWork, family: TokenFamily, ids: Ids, now: datetime) -> str:
    """Store a fresh refresh token of the family and return it."""
    token = ids.secret()
    uow.families.add_refresh(
        RefreshToken(token_hash=hash_of(token), family_id=family.id, created=now)
    )
    return token


def sign_pair(
    signer: AccessTokens, family: TokenFamily, refresh: str, now: datetime
) -> TokenPair:
    claims = AccessClaims(family.user_id, family.id, now + ACCESS_LASTS)
    return TokenPair(
        access_token=signer.sign(claims),
        refresh_token=refresh,
        expires_in=int(ACCESS_LASTS.total_seconds()),
        family_id=family.id,
        user_id=family.user_id,
    )
