"""End a session."""

from __future__ import annotations

from videohub_core.accounts.entities import Session
from videohub_core.accounts.ports import AccountsUnitOfWork


class SignOut:
    """End the session of a token; ending it twice is ending it once."""

    def __init__(self, uow: AccountsUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, token: str) -> None:
        with self._uow as uow:
            session = uow.sessions.get(Session.hash(token))
            if session is not None:
                uow.sessions.remove(session)
                uow.commit()
