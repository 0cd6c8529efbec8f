"""Sign in with e-mail and password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from videohub_core.accounts.entities import Session
from videohub_core.accounts.errors import AccountBanned, EmailNotVerified, WrongCredentials
from videohub_core.accounts.ports import (
    AccountReader,
    AccountsUnitOfWork,
    PasswordHasher,
)
from videohub_core.shared.clock import Clock
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.ids import Ids, UserId


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` is the credential and is not kept anywhere."""

    token: str
    user_id: UserId
    expires_at: datetime


class SignIn:
    """Start a session; raise WrongCredentials, or why not after the right password.

    That is AccountBanned, and with `verification` EmailNotVerified.
    """

    def __init__(
        self,
        uow: AccountsUnitOfWork,
        reader: AccountReader,
        passwords: PasswordHasher,
        email_syntax: EmailSyntax,
        ids: Ids,
        clock: Clock,
        *,
        verification: bool,
    ) -> None:
        self._uow = uow
        self._reader = reader
        self._passwords = passwords
        self._email_syntax = email_syntax
        self._ids = ids
        self._clock = clock
        self._verification = verification

    def __call__(self, *, email: str, password: str, replaces: str | None = None) -> SignedIn:
        """Return the new session; `replaces` is the token of the one it ends."""
        try:
            known = self._reader.password_of(self._email_syntax.normalise(email))
        except ValueError:
            known = None
        user_id, password_hash = known or (None, None)
        right = self._passwords.verify(password_hash, password)
        if user_id is None or not right:
            raise WrongCredentials
        now = self._clock.now()
        token = self._ids.secret()
        session = Session(
            token_hash=Session.hash(token), user_id=user_id, created=now, last_used=now
        )
        with self._uow as uow:
            user = uow.users.get(user_id)
            # One that was replaced meanwhile is not right any more.
            if user is None or user.password_hash != password_hash:
                raise WrongCredentials
            if user.is_banned_at(now):
                raise AccountBanned
            if self._verification and not user.email_verified:
                raise EmailNotVerified
            previous = uow.sessions.get(Session.hash(replaces)) if replaces else None
            if previous is not None:
                uow.sessions.remove(previous)
            uow.sessions.remove_expired(now)
            uow.sessions.add(session)
            uow.commit()
        return SignedIn(token, user_id, Session.expires_at(now, now))
