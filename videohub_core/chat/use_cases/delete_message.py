"""Take back what was said."""

from __future__ import annotations

from videohub_core.chat.errors import NoSuchMessage, NotYourMessage
from videohub_core.chat.events import MessageDeleted
from videohub_core.chat.policies import check_enter, entered_room, may_look_after
from videohub_core.chat.ports import ChatUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import RoomId


class DeleteMessage:
    """Delete a message's words; its place stays.

    It is for its author, and for those who look after the room.
    """

    def __init__(self, uow: ChatUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, actor: Actor, room_id: RoomId, index: int) -> None:
        """Raise NoSuchRoom, BannedFromRoom, NoSuchMessage or NotYourMessage."""
        with self._uow as uow:
            room, place = entered_room(uow, actor, room_id)
            check_enter(actor, place, self._clock.now())
            message = uow.rooms.message(room_id, index)
            if message is None or message.deleted:
                raise NoSuchMessage
            is_own = message.user_id == actor.id
            if not is_own and not may_look_after(actor, place):
                raise NotYourMessage
            room.revision += 1
            message.text = ""
            message.deleted = True
            message.revision = room.revision
            event = MessageDeleted(room_id, actor.id, index, message.user_id, not is_own)
            room.record(event)
            uow.commit()
