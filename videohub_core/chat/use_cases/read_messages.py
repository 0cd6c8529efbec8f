"""Read what was said in a room."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.chat.errors import NoSuchMessage
from videohub_core.chat.ports import MessageReader, MessageView, RoomView


class ReadMessages:
    """Return a stretch of what was said in a room, oldest first.

    The caller has asked `ReadRoom` for the room.
    """

    def __init__(self, reader: MessageReader) -> None:
        self._reader = reader

    def latest(self, *, room: RoomView, limit: int) -> Sequence[MessageView]:
        return self._reader.before(room.id, None, limit)[::-1]

    def before(self, *, room: RoomView, index: int, limit: int) -> Sequence[MessageView]:
        return self._reader.before(room.id, index, limit)[::-1]

    def after(self, *, room: RoomView, index: int, limit: int) -> Sequence[MessageView]:
        return self._reader.after(room.id, index, limit)

    def around(self, *, room: RoomView, index: int, limit: int) -> Sequence[MessageView]:
        """Return about as many before an index as from it on."""
        earlier = self._reader.before(room.id, index, limit // 2)[::-1]
        return [*earlier, *self._reader.after(room.id, index - 1, limit - len(earlier))]

    def one(self, *, room: RoomView, index: int) -> MessageView:
        """Raise NoSuchMessage."""
        message = self._reader.one(room.id, index)
        if message is None:
            raise NoSuchMessage
        return message
