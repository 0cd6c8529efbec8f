"""Make somebody a moderator, an admin, or a member again."""

from __future__ import annotations

from videohub_core.accounts.errors import NoSuchUser
from videohub_core.accounts.policies import user_that_may_go
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.actor import Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.email import EmailSyntax


class ChangeRole:
    """Give the user with this e-mail a role. For whoever runs the hub: it asks no actor."""

    def __init__(
        self, uow: AccountsUnitOfWork, email_syntax: EmailSyntax, clock: Clock
    ) -> None:
        self._uow = uow
        self._email_syntax = email_syntax
        self._clock = clock

    def __call__(self, *, email: str, role: Role) -> None:
        """Raise NoSuchUser, or LastAdmin if nobody would be left to look after the hub."""
        try:
            address = self._email_syntax.normalise(email)
        except ValueError:
            raise NoSuchUser from None
        with self._uow as uow:
            if role is Role.ADMIN:
                user = uow.users.by_email(address)
            else:
                user = user_that_may_go(uow, address, self._clock.now())
            if user is None:
                raise NoSuchUser
            user.role = role
            uow.commit()
