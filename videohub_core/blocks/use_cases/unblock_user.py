"""Take somebody off one's block list."""

from __future__ import annotations

from videohub_core.accounts.policies import known_user
from videohub_core.blocks.ports import BlocksUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UserId


class UnblockUser:
    """Block somebody no more; where that is so, nothing happens."""

    def __init__(self, uow: BlocksUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, user_id: UserId) -> None:
        """Raise NoSuchUser."""
        with self._uow as uow:
            known_user(uow.users, user_id)
            if uow.blocks.remove(actor.id, user_id):
                uow.commit()
