"""The frames that the chat sends: what they look like, for documents and for tests.

They are written by `entrypoints/edge/chat.py` and the modules here; a test holds every frame
that it sees to these.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from entrypoints.chat.frames import Index, Number, RoomRef


class Channel(Struct, forbid_unknown_fields=True):
    """A channel as others show it."""

    id: str
    title: str


class Person(Struct, forbid_unknown_fields=True):
    """A user as others see them."""

    id: str
    display_name: str
    channel: Channel


class ServerFrame(Struct, tag_field="op", forbid_unknown_fields=True):
    """What comes without being asked for."""


class _Said(ServerFrame):
    room: RoomRef
    index: Index
    user: Person | None
    text: str
    at: datetime
    edited_at: datetime | None
    deleted: bool
    reply_to: Index | None
    client_id: str | None


class MessageSent(_Said, tag="message"):
    """Something was said. `client_id` is for its author alone.

    The messages of a room come in the order of their `index`, each once, none left out.
    """


class MessageEdited(_Said, tag="edited"):
    """A message that came before has other words."""


class MessageDeleted(_Said, tag="deleted"):
    """A message that came before has no words any more; its place stays."""


class RoomRead(ServerFrame, tag="read"):
    """Somebody has read the room until this index."""

    room: RoomRef
    user: str
    index: Index


class MemberTyping(ServerFrame, tag="typing"):
    """Somebody is writing."""

    room: RoomRef
    user: str


class RoomChanged(ServerFrame, tag="member"):
    """The room has another title, other members, or other rules: look at it again."""

    room: RoomRef


class Goodbye(ServerFrame, tag="goodbye"):
    """There comes no more of a room.

    4403: kept out of it; 4404: not to know of it any more; 4410: it is gone.
    """

    room: RoomRef
    code: Literal[4403, 4404, 4410]


class Answer(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What was asked for is done; `re` is the `id` of the frame that asked."""

    re: Number
    ok: Literal[True]
    index: Index | None = None
    """Of a message that is stored, or how far it is read."""
    at: datetime | None = None
    last_index: Index | None = None
    """Of the latest message in a room that is subscribed to."""
    revision: Index | None = None
    """How often messages of that room were edited or deleted."""


class FieldProblem(Struct, forbid_unknown_fields=True):
    """What is wrong with one field."""

    pointer: str
    code: str
    detail: str


class Problem(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Why something was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldProblem] = []
    retry_after: int | None = None
    """After how many seconds to try again."""


class Refusal(Struct, forbid_unknown_fields=True):
    """What was asked for is refused; `re` is null where the frame had no `id` to be read."""

    re: Number | None
    error: Problem


SERVER_FRAMES: tuple[type[ServerFrame], ...] = (
    MessageSent,
    MessageEdited,
    MessageDeleted,
    RoomRead,
    MemberTyping,
    RoomChanged,
    Goodbye,
)
ANSWERS: tuple[type[Struct], ...] = (Answer, Refusal)
AnyServerFrame = (
    MessageSent
    | MessageEdited
    | MessageDeleted
    | RoomRead
    | MemberTyping
    | RoomChanged
    | Goodbye
)


def check(frame: dict[str, Any]) -> None:
    """Raise msgspec.ValidationError for what the chat never sends."""
    if "op" in frame:
        msgspec.convert(frame, AnyServerFrame)
    else:
        msgspec.convert(frame, Refusal if "error" in frame else Answer)
