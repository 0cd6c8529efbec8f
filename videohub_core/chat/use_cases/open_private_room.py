"""Open the room of two."""

from __future__ import annotations

from typing import NamedTuple

from videohub_core.accounts.errors import NoSuchUser, NotYourself
from videohub_core.chat.entities import Member, Room, RoomKind, RoomRole
from videohub_core.chat.errors import Blocked
from videohub_core.chat.events import RoomOpened
from videohub_core.chat.ports import ChatUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import Unauthenticated
from videohub_core.shared.ids import Ids, RoomId, UserId


class Opened(NamedTuple):
    """A room, and whether there was none before."""

    id: RoomId
    is_new: bool


class OpenPrivateRoom:
    """Return the one room of the actor and somebody else, whoever of them asks first."""

    def __init__(self, uow: ChatUnitOfWork, ids: Ids, clock: Clock) -> None:
        self._uow = uow
        self._ids = ids
        self._clock = clock

    def __call__(self, *, actor: Actor, user_id: UserId) -> Opened:
        """Raise NoSuchUser, NotYourself, or Blocked if there is no room yet."""
        if user_id == actor.id:
            raise NotYourself
        with self._uow as uow:
            pair = Room.pair_of(actor.id, user_id)
            # Both stay while they get their places; locked in one order.
            both = {one: uow.users.get(one) for one in sorted((actor.id, user_id))}
            if both[actor.id] is None:
                raise Unauthenticated
            if both[user_id] is None:
                raise NoSuchUser
            known = uow.rooms.of_pair(pair)
            if known is not None:
                return Opened(known.id, is_new=False)
            if uow.rooms.are_apart(actor.id, [user_id]):
                raise Blocked
            now = self._clock.now()
            room = Room(
                id=RoomId(self._ids.new()),
                kind=RoomKind.PRIVATE,
                pair=pair,
                created=now,
                last_at=now,
                members=2,
            )
            room.record(RoomOpened(room.id, actor.id))
            uow.rooms.add(room)
            for one in both:
                uow.rooms.add_member(
                    Member(room_id=room.id, user_id=one, role=RoomRole.MEMBER, since=now)
                )
            uow.commit()
        return Opened(room.id, is_new=True)
