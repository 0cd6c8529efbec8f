"""Say how far one has read."""

from __future__ import annotations

from concurrent.futures import Future

from videohub_core.chat.ports import MessageLog, ReadMark
from videohub_core.shared.actor import Actor
from videohub_core.shared.futures import settled
from videohub_core.shared.ids import RoomId


class MarkRead:
    """Say how far the actor has read a room; what is read stays read."""

    def __init__(self, log: MessageLog) -> None:
        self._log = log

    def begin(self, *, actor: Actor, room_id: RoomId, index: int) -> Future[int]:
        """Return what `MessageLog.mark_read` does; raise Busy."""
        return self._log.mark_read(ReadMark(room_id, actor, index))

    def __call__(self, *, actor: Actor, room_id: RoomId, index: int) -> int:
        """Return how far it is read; raise what `begin` and its future raise."""
        return settled(self.begin(actor=actor, room_id=room_id, index=index))
