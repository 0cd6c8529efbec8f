"""Find out whose session a token is."""

from __future__ import annotations

from contextlib import suppress

from videohub_core.accounts.entities import SESSION_TOUCH, Session
from videohub_core.accounts.ports import AccountReader, AccountsUnitOfWork, SessionView
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import Unavailable


class ReadSession:
    """Return the live session of a token, None if it is unknown or has ended.

    A banned user's session is returned, banned flag and all: whoever asks has to
    say so, rather than treat them as a stranger.
    """

    def __init__(self, uow: AccountsUnitOfWork, reader: AccountReader, clock: Clock) -> None:
        self._uow = uow
        self._reader = reader
        self._clock = clock

    def __call__(self, *, token: str) -> SessionView | None:
        return self.by_hash(token_hash=Session.hash(token))

    def by_hash(self, *, token_hash: str) -> SessionView | None:
        session = self._reader.session(token_hash)
        now = self._clock.now()
        if session is None or session.expires_at <= now:
            return None
        if now - session.last_used >= SESSION_TOUCH:
            # Reading goes on where nothing can be written: the next use is noted again.
            with suppress(Unavailable):
                self._touch(session.token_hash)
        return session

    def _touch(self, token_hash: str) -> None:
        with self._uow as uow:
            session = uow.sessions.get(token_hash)
            if session is not None:
                session.last_used = self._clock.now()
                uow.commit()
