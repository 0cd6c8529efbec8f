"""Look a user up."""

from __future__ import annotations

from videohub_core.accounts.errors import NoSuchUser
from videohub_core.accounts.ports import AccountReader, UserView
from videohub_core.shared.ids import UserId


class ReadUser:
    """Return a user; what of it may be shown to whom is the entrypoint's to choose."""

    def __init__(self, reader: AccountReader) -> None:
        self._reader = reader

    def __call__(self, *, user_id: UserId) -> UserView:
        user = self._reader.user(user_id)
        if user is None:
            raise NoSuchUser
        return user
