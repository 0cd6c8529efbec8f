"""Let a room know that somebody is writing."""

from __future__ import annotations

from videohub_core.chat.policies import check_talk
from videohub_core.chat.ports import RoomReader
from videohub_core.shared.actor import Actor
from videohub_core.shared.bus import Bus, Hint, Topic
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import RoomId


class TellTyping:
    """Tell those who listen that the actor is writing; nothing is stored."""

    def __init__(self, reader: RoomReader, bus: Bus, clock: Clock) -> None:
        self._reader = reader
        self._bus = bus
        self._clock = clock

    def __call__(self, *, actor: Actor, room_id: RoomId) -> None:
        """Raise what `policies.check_talk` raises."""
        place = self._reader.places(room_id, [actor.id]).get(actor.id)
        check_talk(actor, place, self._clock.now())
        self._bus.send([Hint(Topic.TYPING, room_id, actor.id)])
