"""Give a program of one's own a key."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import AccessTokenId, Ids, hash_of
from videohub_core.tokens.entities import (
    PERSONAL_MOST,
    PERSONAL_PREFIX,
    AccessToken,
    AccessTokenDetails,
)
from videohub_core.tokens.errors import TooManyTokens
from videohub_core.tokens.ports import AccessTokenView, TokensUnitOfWork


@dataclass(frozen=True)
class NewAccessToken:
    """A personal token at the only moment at which it can be read."""

    token: str
    view: AccessTokenView


class CreateAccessToken:
    """Make a personal token with scopes; raise TooManyTokens."""

    def __init__(self, uow: TokensUnitOfWork, ids: Ids, clock: Clock) -> None:
        self._uow = uow
        self._ids = ids
        self._clock = clock

    def __call__(self, *, actor: Actor, details: AccessTokenDetails) -> NewAccessToken:
        token = PERSONAL_PREFIX + self._ids.secret()
        now = self._clock.now()
        made = AccessToken(
            id=AccessTokenId(self._ids.new()),
            user_id=actor.id,
            name=details.name,
            token_hash=hash_of(token),
            scopes=[scope.value for scope in details.scopes],
            created=now,
            expires_at=None if details.lasts is None else now + details.lasts,
        )
        with self._uow as uow:
            # Two that ask at once would both find room: the second waits for the first.
            uow.users.get(actor.id)
            if uow.access_tokens.count_of(actor.id) >= PERSONAL_MOST:
                raise TooManyTokens
            uow.access_tokens.add(made)
            uow.commit()
        view = AccessTokenView(
            made.id, made.name, made.scopes, made.created, made.expires_at, None
        )
        return NewAccessToken(token, view)
