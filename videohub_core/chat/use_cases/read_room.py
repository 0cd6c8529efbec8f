"""Look a room up."""

from __future__ import annotations

from videohub_core.chat.errors import NoSuchRoom
from videohub_core.chat.policies import check_enter
from videohub_core.chat.ports import RoomReader, RoomView
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import RoomId


class ReadRoom:
    """Return a room that the actor, or a stranger, may read.

    Raise NoSuchRoom, for a hidden one as for a missing one, or BannedFromRoom.
    """

    def __init__(self, reader: RoomReader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock

    def __call__(self, *, actor: Actor | None, room_id: RoomId) -> RoomView:
        room = self._reader.get(room_id, None if actor is None else actor.id)
        if room is None:
            raise NoSuchRoom
        check_enter(actor, room.place, self._clock.now())
        return room
