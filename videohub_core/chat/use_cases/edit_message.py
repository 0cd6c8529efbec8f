"""Say something otherwise."""

from __future__ import annotations

from videohub_core.chat.entities import MessageText
from videohub_core.chat.errors import NoSuchMessage, NotYourMessage
from videohub_core.chat.events import MessageEdited
from videohub_core.chat.policies import check_talk
from videohub_core.chat.ports import ChatUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import RoomId


class EditMessage:
    """Replace the words of one's own message, where one may talk."""

    def __init__(self, uow: ChatUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, actor: Actor, room_id: RoomId, index: int, text: str) -> None:
        """Raise InvalidInput, NoSuchMessage, NotYourMessage, or as `check_talk` does."""
        said = MessageText.checked(text)
        now = self._clock.now()
        with self._uow as uow:
            room = uow.rooms.get(room_id)
            check_talk(actor, uow.rooms.place(room_id, actor.id), now)
            message = uow.rooms.message(room_id, index)
            if room is None or message is None or message.deleted:
                raise NoSuchMessage
            if message.user_id != actor.id:
                raise NotYourMessage
            if message.text == said.text:
                return
            room.revision += 1
            message.text = said.text
            message.edited_at = now
            message.revision = room.revision
            room.record(MessageEdited(room_id, actor.id, index))
            uow.commit()
