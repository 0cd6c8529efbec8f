"""Recognise a browser that comes back from the identity provider."""

from __future__ import annotations

import json

from videohub_core.identity.entities import LOGIN_LASTS, TakenLogin
from videohub_core.identity.errors import InvalidLogin
from videohub_core.identity.ports import IdentityUnitOfWork, Seal
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import hash_of


class TakeLogin:
    """Give out, once, what a sign-in left for its way back.

    It is gone before anything is done with it: whoever brings the state again, or brings
    another browser's, gets nothing, and nothing happens.
    """

    def __init__(self, uow: IdentityUnitOfWork, seal: Seal, clock: Clock) -> None:
        self._uow = uow
        self._seal = seal
        self._clock = clock

    def __call__(self, *, state: str | None, browser: str | None) -> TakenLogin:
        """Raise InvalidLogin unless this browser began the sign-in of that state."""
        if not state or not browser:
            raise InvalidLogin
        with self._uow as uow:
            attempt = uow.login_attempts.take(hash_of(state), hash_of(browser))
            uow.commit()
        if attempt is None or attempt.created <= self._clock.now() - LOGIN_LASTS:
            raise InvalidLogin
        content = self._seal.open(state, attempt.sealed)
        if content is None:
            # The hub's secret has changed meanwhile.
            raise InvalidLogin
        return TakenLogin(**json.loads(content))
