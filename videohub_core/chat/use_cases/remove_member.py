"""Leave a group, or put somebody out of it."""

from __future__ import annotations

from videohub_core.chat.entities import RoomRole
from videohub_core.chat.errors import NoSuchMember, NotRoomModerator, OwnerStays
from videohub_core.chat.events import RoomChanged, RoomDeleted
from videohub_core.chat.policies import check_group, entered_room, may_look_after, outranks
from videohub_core.chat.ports import ChatUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import RoomId, UserId


class RemoveMember:
    """Take somebody out of a group: oneself, or whoever is below in rank.

    The last one to leave takes the group along.
    """

    def __init__(self, uow: ChatUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, room_id: RoomId, user_id: UserId) -> None:
        """Raise NoSuchRoom, AlwaysThere, NoSuchMember, NotRoomModerator or OwnerStays."""
        with self._uow as uow:
            room, place = entered_room(uow, actor, room_id)
            check_group(room)
            member = uow.rooms.member(room_id, user_id)
            is_own = user_id == actor.id
            if not is_own and not may_look_after(actor, place):
                raise NotRoomModerator
            if member is None:
                raise NoSuchMember
            if not is_own and not outranks(actor, place, member):
                raise NotRoomModerator
            if member.role is RoomRole.OWNER and room.members > 1:
                raise OwnerStays
            uow.rooms.remove_member(member)
            room.members -= 1
            room.state += 1
            if room.members:
                room.record(RoomChanged(room.id, actor.id))
            else:
                room.record(RoomDeleted(room.id, actor.id))
                uow.rooms.remove(room)
            uow.commit()
