"""Call a group otherwise, or slow a room down."""

from __future__ import annotations

from videohub_core.chat.entities import SLOW_MOST, RoomKind, RoomTitle
from videohub_core.chat.errors import AlwaysThere
from videohub_core.chat.events import RoomChanged
from videohub_core.chat.policies import looked_after_room
from videohub_core.chat.ports import ChatUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.ids import RoomId


class ChangeRoom:
    """Change what is given of a room; for those who look after it."""

    def __init__(self, uow: ChatUnitOfWork) -> None:
        self._uow = uow

    def __call__(
        self,
        *,
        actor: Actor,
        room_id: RoomId,
        title: str | None = None,
        slow_seconds: int | None = None,
    ) -> None:
        """Raise InvalidInput, NoSuchRoom, NotRoomModerator, or AlwaysThere.

        Only a group has a title, and a room of two is never slow.
        """
        called = None if title is None else RoomTitle.checked(title)
        if slow_seconds is not None and not 0 <= slow_seconds <= SLOW_MOST:
            detail = f"This is a number of seconds from 0 to {SLOW_MOST}."
            raise InvalidInput([FieldError("/slow_seconds", "out_of_range", detail)])
        with self._uow as uow:
            room, _place = looked_after_room(uow, actor, room_id)
            if called is not None:
                if room.kind is not RoomKind.GROUP:
                    raise AlwaysThere
                room.title = called.text
            if slow_seconds is not None:
                room.slow_seconds = slow_seconds
            room.state += 1
            room.record(RoomChanged(room.id, actor.id))
            uow.commit()
