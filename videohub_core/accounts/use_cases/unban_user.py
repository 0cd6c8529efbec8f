"""Let somebody in again."""

from __future__ import annotations

from videohub_core.accounts.errors import NoSuchUser
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.email import EmailSyntax


class UnbanUser:
    """Lift the ban of the user with this e-mail; lifting none is fine.

    For whoever runs the hub: it asks no actor.
    """

    def __init__(self, uow: AccountsUnitOfWork, email_syntax: EmailSyntax) -> None:
        self._uow = uow
        self._email_syntax = email_syntax

    def __call__(self, *, email: str) -> None:
        """Raise NoSuchUser."""
        try:
            address = self._email_syntax.normalise(email)
        except ValueError:
            raise NoSuchUser from None
        with self._uow as uow:
            user = uow.users.by_email(address)
            if user is None:
                raise NoSuchUser
            user.unban()
            uow.commit()
