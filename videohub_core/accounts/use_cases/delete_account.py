"""Leave the hub."""

from __future__ import annotations

from datetime import datetime

from videohub_core.accounts.errors import NotYourself
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
        self._check(actor, password, signed_in)
        self._delete(actor, actor.id)

    def of_another(self, *, actor: Actor, user_id: UserId) -> None:
        """Delete somebody's account; raise NotAllowed, NotYourself, NoSuchUser or LastAdmin."""
        if not actor.role.includes(Role.ADMIN):
            raise NotAllowed
        if user_id == actor.id:
            # That takes the password.
            raise NotYourself
        self._delete(actor, user_id)

    def _delete(self, actor: Actor, user_id: UserId) -> None:
        with self._uow as uow:
            admins = uow.users.admins()
            user = known_user(uow.users, user_id)
            check_admin_remains(admins, user, self._clock.now())
            user.leave(actor.id)
            uow.commit()
