"""Block somebody."""

from __future__ import annotations

from videohub_core.accounts.errors import NoSuchUser, NotYourself
from videohub_core.blocks.entities import BLOCKED_MOST
from videohub_core.blocks.errors import TooManyBlocks
from videohub_core.blocks.ports import BlocksUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import Unauthenticated
from videohub_core.shared.ids import UserId


class BlockUser:
    """Put somebody on the actor's block list; whoever is on it stays as they are."""

    def __init__(self, uow: BlocksUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, actor: Actor, user_id: UserId) -> None:
        """Raise NoSuchUser, NotYourself or TooManyBlocks."""
        if user_id == actor.id:
            raise NotYourself
        with self._uow as uow:
            # Two who block each other lock in one order. The actor's lock keeps the count.
            both = {one: uow.users.get(one) for one in sorted((actor.id, user_id))}
            if both[actor.id] is None:
                raise Unauthenticated
            if both[user_id] is None:
                raise NoSuchUser
            if uow.blocks.has(actor.id, user_id):
                return
            if uow.blocks.count(actor.id) >= BLOCKED_MOST:
                raise TooManyBlocks
            uow.blocks.add(actor.id, user_id, self._clock.now())
            uow.commit()
