"""Delete the row of somebody who leaves."""

from __future__ import annotations

from videohub_core.accounts.events import UserLeft
from videohub_core.accounts.ports import AccountsUnitOfWork


class RemoveUser:
    """Reaction to `UserLeft`, the last one: what is theirs alone goes with the row."""

    def __call__(self, uow: AccountsUnitOfWork, event: UserLeft) -> None:
        user = uow.users.get(event.user_id)
        if user is not None:
            uow.invitations.forget(user.id, user.email)
            uow.users.remove(user)
