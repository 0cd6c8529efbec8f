"""Make somebody a moderator, an admin, or a member again."""

from __future__ import annotations

from videohub_core.accounts.errors import NoSuchUser
from videohub_core.accounts.ports import AccountsUnitOfWork, EmailSyntax
from videohub_core.shared.actor import Role


class ChangeRole:
    """Give the user with this e-mail a role. For whoever runs the hub: it asks no actor."""

    def __init__(self, uow: AccountsUnitOfWork, email_syntax: EmailSyntax) -> None:
        self._uow = uow
        self._email_syntax = email_syntax

    def __call__(self, *, email: str, role: Role) -> None:
        try:
            address = self._email_syntax.normalise(email)
        except ValueError:
            raise NoSuchUser from None
        with self._uow as uow:
            user = uow.users.by_email(address)
            if user is None:
                raise NoSuchUser
            user.role = role
            uow.commit()
