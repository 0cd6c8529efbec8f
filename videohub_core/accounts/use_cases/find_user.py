"""Look a user up by e-mail."""

from __future__ import annotations

from videohub_core.accounts.errors import NoSuchUser
from videohub_core.accounts.ports import AccountReader, UserView
from videohub_core.shared.email import EmailSyntax


class FindUser:
    """Return the user with this e-mail. For whoever runs the hub: it asks no actor."""

    def __init__(self, reader: AccountReader, email_syntax: EmailSyntax) -> None:
        self._reader = reader
        self._email_syntax = email_syntax

    def __call__(self, *, email: str) -> UserView:
        """Raise NoSuchUser."""
        try:
            user = self._reader.by_email(self._email_syntax.normalise(email))
        except ValueError:
            user = None
        if user is None:
            raise NoSuchUser
        return user
