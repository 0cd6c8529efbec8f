"""Let somebody in again."""

from __future__ import annotations

from videohub_core.accounts.policies import governed_user
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UserId


class UnbanUser:
    """End a ban; ending none is fine."""

    def __init__(self, uow: AccountsUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, user_id: UserId) -> None:
        """Raise NoSuchUser, NotAllowed or NotYourself."""
        with self._uow as uow:
            governed_user(uow, actor, user_id).unban(actor.id)
            uow.commit()
