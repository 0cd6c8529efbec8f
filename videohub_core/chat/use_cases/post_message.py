"""Say something in a room, and know that it is stored."""

from __future__ import annotations

from concurrent.futures import Future

from videohub_core.chat.entities import CLIENT_ID_MOST, MessageText
from videohub_core.chat.ports import MessageLog, Post, Posted
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.futures import settled
from videohub_core.shared.ids import RoomId
from videohub_core.shared.text import text_error


class PostMessage:
    """Say something; the same `client_id` of the same author in a room says it once."""

    def __init__(self, log: MessageLog) -> None:
        self._log = log

    def begin(
        self,
        *,
        actor: Actor,
        room_id: RoomId,
        text: str,
        client_id: str | None = None,
        reply_to: int | None = None,
    ) -> Future[Posted]:
        """Return what `MessageLog.submit` does; raise InvalidInput or Busy."""
        said = MessageText.checked(text)
        if client_id is not None:
            error = text_error(
                "/client_id", client_id, least=1, most=CLIENT_ID_MOST, one_line=True
            )
            if error is not None:
                raise InvalidInput([error])
        return self._log.submit(Post(room_id, actor, said.text, client_id, reply_to))

    def __call__(
        self,
        *,
        actor: Actor,
        room_id: RoomId,
        text: str,
        client_id: str | None = None,
        reply_to: int | None = None,
    ) -> Posted:
        """Return what became of it; raise what `begin` and its future raise."""
        future = self.begin(
            actor=actor, room_id=room_id, text=text, client_id=client_id, reply_to=reply_to
        )
        return settled(future)
