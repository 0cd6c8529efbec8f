"""The frames of the chat: what clients may send, checked as it is read, and what they get.

A frame is a JSON object in one text message. The registry here validates, encodes, and
describes; nothing else says what a frame looks like.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from videohub_core.chat.entities import CLIENT_ID_MOST, INDEX_MOST, TEXT_MOST
from videohub_core.shared.errors import DomainError
from videohub_core.shared.ids import ID_PATTERN

NUMBER_MOST = 2**53 - 1
"""The largest whole number that JavaScript counts with."""

Number = Annotated[int, Meta(ge=0, le=NUMBER_MOST)]
RoomRef = Annotated[str, Meta(pattern=f"^{ID_PATTERN}$")]
Index = Annotated[int, Meta(ge=0, le=INDEX_MOST)]
Text = Annotated[str, Meta(min_length=1, max_length=TEXT_MOST)]
ClientId = Annotated[str, Meta(min_length=1, max_length=CLIENT_ID_MOST)]


class ClientFrame(Struct, tag_field="op", forbid_unknown_fields=True):
    """What a client sends; it is answered by a frame whose `re` is this `id`."""

    id: Number


class Auth(ClientFrame, tag="auth"):
    """Say who this is, as the first frame, or with a newer token before the old one ends."""

    token: str


class Subscribe(ClientFrame, tag="subscribe"):
    """Get what is said in a room from now on; first, what was said after an index.

    With a revision, also which of the messages until there were edited or deleted since.
    """

    room: RoomRef
    after: Index | None = None
    revision: Index | None = None


class Unsubscribe(ClientFrame, tag="unsubscribe"):
    """Get no more of a room."""

    room: RoomRef


class Post(ClientFrame, tag="post"):
    """Say something. It is stored when this is answered, with its `index`."""

    room: RoomRef
    client_id: ClientId
    text: Text
    reply_to: Annotated[int, Meta(ge=1, le=INDEX_MOST)] | None = None


class Edit(ClientFrame, tag="edit"):
    """Say something otherwise that one has said."""

    room: RoomRef
    index: Index
    text: Text


class Delete(ClientFrame, tag="delete"):
    """Take something back that was said."""

    room: RoomRef
    index: Index


class Read(ClientFrame, tag="read"):
    """Say how far one has read a room."""

    room: RoomRef
    index: Index


class Typing(ClientFrame, tag="typing"):
    """Say that one is writing, now and every few seconds while that is so."""

    room: RoomRef


class Ping(ClientFrame, tag="ping"):
    """Ask whether anybody is there."""


CLIENT_FRAMES: tuple[type[ClientFrame], ...] = (
    Auth,
    Subscribe,
    Unsubscribe,
    Post,
    Edit,
    Delete,
    Read,
    Typing,
    Ping,
)
AnyClientFrame = Auth | Subscribe | Unsubscribe | Post | Edit | Delete | Read | Typing | Ping
_decoder = msgspec.json.Decoder(AnyClientFrame)


class BadFrame(DomainError):
    """What a client sent is no frame."""

    code = "bad_frame"
    title = "This is no frame that the chat knows."

    def __init__(self, detail: str, *, number: int | None) -> None:
        super().__init__(detail)
        self.number = number
        """The frame's `id`, as far as it could be read."""


def decode(message: str) -> AnyClientFrame:
    """Return the frame in a text message; raise BadFrame."""
    try:
        frame: AnyClientFrame = _decoder.decode(message)
    except msgspec.ValidationError as error:
        raise BadFrame(f"{error}.", number=_number_in(message)) from error
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise BadFrame("This is not JSON.", number=None) from error
    return frame


def _number_in(message: str) -> int | None:
    try:
        found: Any = msgspec.json.decode(message)
    except msgspec.DecodeError:
        return None
    number = found.get("id") if isinstance(found, dict) else None
    return number if type(number) is int and 0 <= number <= NUMBER_MOST else None


_TEXT = 0x81
_SHORT, _MEDIUM = 125, 65_535


def framed(payload: bytes) -> bytes:
    """Return a text message as a server puts it on the wire (RFC 6455, 5.2), unmasked."""
    size = len(payload)
    if size <= _SHORT:
        return bytes((_TEXT, size)) + payload
    if size <= _MEDIUM:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big") + payload
