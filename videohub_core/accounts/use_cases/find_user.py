"""Look a user up by what people call them."""

from __future__ import annotations

from videohub_core.accounts.errors import NoSuchUser
from videohub_core.accounts.ports import AccountReader, UserView
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.ids import UserId


class FindUser:
    """Return the user with this e-mail, or, since not everybody has one, with this id.

    For whoever runs the hub: it asks no actor.
    """

    def __init__(self, reader: AccountReader, email_syntax: EmailSyntax) -> None:
        self._reader = reader
        self._email_syntax = email_syntax

    def __call__(self, *, whom: str) -> UserView:
        """Raise NoSuchUser."""
        user = self._reader.user(UserId(whom)) if "@" not in whom else self._by_email(whom)
        if user is None:
            raise NoSuchUser
        return user

    def _by_email(self, email: str) -> UserView | None:
        try:
            return self._reader.by_email(self._email_syntax.normalise(email))
        except ValueError:
            return None
