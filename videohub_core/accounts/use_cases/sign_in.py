"""Sign in with e-mail and password."""

from __future__ import annotations

from videohub_core.accounts.entities import SignedIn
from videohub_core.accounts.policies import PasswordDoor, started_session
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids


class SignIn:
    """Start a session; raise WrongCredentials, or why not after the right password.

    That is AccountBanned or EmailNotVerified.
    """

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
        proven = self._door.prove(email, password)
        now = self._clock.now()
        with self._uow as uow:
            user = self._door.let_in(uow.users, proven, now)
            signed_in = started_session(
                uow,
                user,
                token=self._ids.secret(),
                now=now,
                replaces=replaces,
                client=client,
            )
            uow.commit()
        return signed_in
