"""What happens in rooms, besides what is said."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.events import Event
from videohub_core.shared.ids import RoomId, UserId


@dataclass(frozen=True)
class RoomEvent(Event):
    """Something changed in a room: whoever shows it looks at it again."""

    room_id: RoomId
    by: UserId

    @property
    def hint(self) -> Hint:
        return Hint(Topic.ROOM, self.room_id, self.by)


@dataclass(frozen=True)
class RoomOpened(RoomEvent):
    """There is a new room."""


@dataclass(frozen=True)
class RoomChanged(RoomEvent):
    """A room has another title, other members, or other rules for some of them."""


@dataclass(frozen=True)
class RoomDeleted(RoomEvent):
    """A room is gone, with all that was said."""


@dataclass(frozen=True)
class MessageEdited(RoomEvent):
    """A message has other words."""

    index: int


@dataclass(frozen=True)
class MessageDeleted(RoomEvent):
    """A message's words are gone."""

    index: int
    author_id: UserId | None
    is_moderation: bool
