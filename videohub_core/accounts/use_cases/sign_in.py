"""Sign in with e-mail and password."""

from __future__ import annotations

from videohub_core.accounts.entities import SignedIn
from videohub_core.accounts.errors import WrongCredentials
from videohub_core.accounts.policies import started_session
from videohub_core.accounts.ports import (
    AccountReader,
    AccountsUnitOfWork,
    EmailSyntax,
    PasswordHasher,
)
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids


class SignIn:
    """Start a session; raise WrongCredentials, or AccountBanned after the right password."""

    def __init__(
        self,
        uow: AccountsUnitOfWork,
        reader: AccountReader,
        passwords: PasswordHasher,
        email_syntax: EmailSyntax,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._reader = reader
        self._passwords = passwords
        self._email_syntax = email_syntax
        self._ids = ids
        self._clock = clock

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
        with self._uow as uow:
            user = uow.users.get(user_id)
            if user is None:
                raise WrongCredentials
            signed_in = started_session(
                uow,
                user,
                token=self._ids.secret(),
                now=self._clock.now(),
                replaces=replaces,
            )
            uow.commit()
        return signed_in
