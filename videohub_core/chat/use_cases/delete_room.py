"""Delete a group."""

from __future__ import annotations

from videohub_core.chat.entities import RoomRole
from videohub_core.chat.errors import NotRoomModerator
from videohub_core.chat.events import RoomDeleted
from videohub_core.chat.policies import check_group, entered_room
from videohub_core.chat.ports import ChatUnitOfWork
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.ids import RoomId


class DeleteRoom:
    """Delete a group and all that was said in it; for its owner, and admins."""

    def __init__(self, uow: ChatUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, room_id: RoomId) -> None:
        """Raise NoSuchRoom, AlwaysThere or NotRoomModerator."""
        with self._uow as uow:
            room, place = entered_room(uow, actor, room_id)
            check_group(room)
            if place.role is not RoomRole.OWNER and not actor.role.includes(Role.ADMIN):
                raise NotRoomModerator
            room.record(RoomDeleted(room.id, actor.id))
            uow.rooms.remove(room)
            uow.commit()
