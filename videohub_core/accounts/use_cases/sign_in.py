"""Sign in with e-mail and password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from videohub_core.accounts.entities import Session
from videohub_core.accounts.policies import PasswordDoor, user_who_gets_in
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, UserId


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` is the credential and is not kept anywhere."""

    token: str
    user_id: UserId
    expires_at: datetime


class SignIn:
    """Start a session; raise WrongCredentials, or AccountBanned after the right password."""

    def __init__(
        self, uow: AccountsUnitOfWork, door: PasswordDoor, ids: Ids, clock: Clock
    ) -> None:
        self._uow = uow
        self._door = door
        self._ids = ids
        self._clock = clock

    def __call__(
        self,
        *,
        email: str,
        password: str,
        replaces: str | None = None,
        client: str | None = None,
    ) -> SignedIn:
        """Return the new session; `replaces` is the token of the one it ends."""
        user_id = self._door(email, password)
        now = self._clock.now()
        token = self._ids.secret()
        session = Session(
            token_hash=Session.hash(token),
            user_id=user_id,
            created=now,
            last_used=now,
            client=client,
        )
        with self._uow as uow:
            user_who_gets_in(uow.users, user_id, now)
            previous = uow.sessions.get(Session.hash(replaces)) if replaces else None
            if previous is not None:
                uow.sessions.remove(previous)
            uow.sessions.remove_expired(now)
            uow.sessions.add(session)
            uow.commit()
        return SignedIn(token, user_id, Session.expires_at(now, now))
