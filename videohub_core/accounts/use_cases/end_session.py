"""Sign another browser out."""

from __future__ import annotations

from videohub_core.accounts.entities import Session
from videohub_core.accounts.errors import NoSuchSession
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.actor import Actor


class EndSession:
    """End a session of the actor's by its id; raise NoSuchSession."""

    def __init__(self, uow: AccountsUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, session_id: str) -> None:
        with self._uow as uow:
            found = [
                session
                for session in uow.sessions.of_user(actor.id)
                if Session.public_id(session.token_hash) == session_id
            ]
            if not found:
                raise NoSuchSession
            for session in found:
                uow.sessions.remove(session)
            uow.commit()
