"""Let somebody who leaves the hub leave its rooms."""

from __future__ import annotations

from videohub_core.accounts.events import UserLeft
from videohub_core.chat.entities import RoomKind, RoomRole
from videohub_core.chat.events import RoomChanged, RoomDeleted
from videohub_core.chat.ports import ChatUnitOfWork


class LeaveRooms:
    """Reaction to `UserLeft`: what they said stays, by nobody; a group passes to its heir.

    A room that nobody is left in goes along.
    """

    def __call__(self, uow: ChatUnitOfWork, event: UserLeft) -> None:
        for room_id in uow.rooms.rooms_of(event.user_id):
            room = uow.rooms.get(room_id)
            member = uow.rooms.member(room_id, event.user_id)
            if room is None or member is None:
                continue
            heir = uow.rooms.heir(room_id, event.user_id)
            uow.rooms.remove_member(member)
            if heir is None:
                room.record(RoomDeleted(room_id, event.user_id))
                uow.rooms.remove(room)
                continue
            if room.kind is RoomKind.GROUP and member.role is RoomRole.OWNER:
                heir.role = RoomRole.OWNER
            # Whoever comes back under another account gets another room.
            room.pair = None
            room.members -= 1
            room.state += 1
            room.record(RoomChanged(room_id, event.user_id))
