"""Leave the hub."""

from __future__ import annotations

from datetime import datetime

from videohub_core.accounts.entities import User
from videohub_core.accounts.errors import NotYourself, PasswordNeeded
from videohub_core.accounts.policies import OwnerCheck, check_admin_remains, known_user
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.ids import UserId


class DeleteAccount:
    """Delete an account and everything of it, in one transaction.

    What follows (`UserLeft`) takes the videos, whose files go by jobs, and last the account.
    """

    def __init__(self, uow: AccountsUnitOfWork, check: OwnerCheck, clock: Clock) -> None:
        self._uow = uow
        self._check = check
        self._clock = clock

    def __call__(
        self, *, actor: Actor, password: str | None, signed_in: datetime | None
    ) -> None:
        """Delete the actor's own account; raise PasswordNeeded or LastAdmin.

        `signed_in` says when, for accounts without a password.
        """
        stored = self._check(actor, password, signed_in)
        with self._uow as uow:
            user = self._leaving(uow, actor.id)
            if user.password_hash != stored:
                # It was replaced while this one was looked at.
                raise PasswordNeeded
            user.leave(actor.id)
            uow.commit()

    def of_another(self, *, actor: Actor, user_id: UserId) -> None:
        """Delete somebody's account; raise NotAllowed, NoSuchUser, NotYourself or LastAdmin."""
        if not actor.role.includes(Role.ADMIN):
            raise NotAllowed
        if user_id == actor.id:
            # That takes the password.
            raise NotYourself
        with self._uow as uow:
            self._leaving(uow, user_id).leave(actor.id)
            uow.commit()

    def _leaving(self, uow: AccountsUnitOfWork, user_id: UserId) -> User:
        """Return the user, locked; raise NoSuchUser or LastAdmin."""
        admins = uow.users.admins()
        user = known_user(uow.users, user_id)
        check_admin_remains(admins, user, self._clock.now())
        return user
