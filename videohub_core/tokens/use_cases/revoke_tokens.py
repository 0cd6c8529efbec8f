"""Sign a client out."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import FamilyId, hash_of
from videohub_core.tokens.errors import NoSuchToken
from videohub_core.tokens.ports import TokensUnitOfWork


class RevokeTokens:
    """End a family of tokens; what was given out ends with it."""

    def __init__(self, uow: TokensUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def by_token(self, *, refresh_token: str) -> None:
        """End the family of a refresh token; one that means nothing is no error (RFC 7009)."""
        with self._uow as uow:
            token = uow.families.refresh(hash_of(refresh_token))
            family = uow.families.get(token.family_id) if token is not None else None
            if family is not None:
                family.revoke(self._clock.now())
                uow.commit()

    def __call__(self, *, actor: Actor, family_id: FamilyId) -> None:
        """End a family of the actor's; raise NoSuchToken if it has ended or is not theirs."""
        with self._uow as uow:
            family = uow.families.get(family_id)
            if family is None or family.user_id != actor.id or family.revoked_at is not None:
                raise NoSuchToken
            family.revoke(self._clock.now())
            uow.commit()
