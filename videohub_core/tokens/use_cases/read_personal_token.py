"""Find out whose personal token it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from videohub_core.accounts.errors import InvalidToken
from videohub_core.accounts.ports import UserView
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import hash_of
from videohub_core.tokens.entities import USE_NOTED, Scope
from videohub_core.tokens.ports import AccessTokenView, TokenReader, TokensUnitOfWork


@dataclass(frozen=True)
class PersonalAccess:
    """Who a personal token stands for, and what it allows."""

    user: UserView
    scopes: frozenset[Scope]


class ReadPersonalToken:
    """Return whose token it is and what it allows; raise InvalidToken.

    A banned user is returned, banned flag and all: whoever asks has to say so.
    """

    def __init__(self, uow: TokensUnitOfWork, reader: TokenReader, clock: Clock) -> None:
        self._uow = uow
        self._reader = reader
        self._clock = clock

    def __call__(self, *, token: str) -> PersonalAccess:
        return self.by_hash(token_hash=hash_of(token))

    def by_hash(self, *, token_hash: str) -> PersonalAccess:
        found = self._reader.personal(token_hash)
        now = self._clock.now()
        if found is None:
            raise InvalidToken
        stored = found.token
        if stored.expires_at is not None and stored.expires_at <= now:
            raise InvalidToken
        if stored.last_used is None or now - stored.last_used >= USE_NOTED:
            # Reading goes on where nothing can be written: the next use is noted again.
            with suppress(Unavailable):
                self._touch(stored)
        known = {scope.value: scope for scope in Scope}
        scopes = frozenset(known[name] for name in stored.scopes if name in known)
        return PersonalAccess(found.user, scopes)

    def _touch(self, stored: AccessTokenView) -> None:
        with self._uow as uow:
            token = uow.access_tokens.get(stored.id)
            if token is not None:
                token.last_used = self._clock.now()
                uow.commit()
