"""Rooms, who is in them, and what is said there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Self

from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import RoomId, UserId, VideoId
from videohub_core.shared.text import text_error

TITLE_MOST = 100
TEXT_MOST = 10_000
CLIENT_ID_MOST = 64
MEMBERS_MOST = 500
INDEX_MOST = 10**9 - 1
"""More messages than a room ever has."""
SLOW_MOST = 3600
"""Seconds that slow mode may ask to wait between two messages."""


class RoomKind(Enum):
    """Who is in a room."""

    PRIVATE = "private"
    """Two members; each pair has one room."""
    GROUP = "group"
    """Those who were invited."""
    VIDEO = "video"
    """Whoever may see the video."""


class RoomRole(Enum):
    """What a member may do in a room; each includes the one before."""

    MEMBER = "member"
    MODERATOR = "moderator"
    OWNER = "owner"

    def includes(self, other: RoomRole) -> bool:
        """Tell whether this role may do all that the other may."""
        order = list(RoomRole)
        return order.index(self) >= order.index(other)


class Restriction(Enum):
    """What those who look after a room decide about somebody."""

    MUTE = "mute"
    """They may read, not write."""
    BAN = "ban"
    """They may not even enter."""


@dataclass(frozen=True)
class MessageText:
    """What somebody says in a room, checked."""

    text: str

    @classmethod
    def checked(cls, text: str) -> Self:
        """Return it as it is, or raise InvalidInput: it needs something to be seen."""
        error = text_error("/text", text, least=1, most=TEXT_MOST)
        if error is None and not text.strip():
            error = FieldError("/text", "required", "This may not be empty.")
        if error is not None:
            raise InvalidInput([error])
        return cls(text)


@dataclass(frozen=True)
class RoomTitle:
    """What a group is called, checked."""

    text: str

    @classmethod
    def checked(cls, text: str) -> Self:
        """Return it trimmed, or raise InvalidInput."""
        text = text.strip()
        error = text_error("/title", text, least=1, most=TITLE_MOST, one_line=True)
        if error is not None:
            raise InvalidInput([error])
        return cls(text)


@dataclass(eq=False, kw_only=True)
class Room(Aggregate):
    """A room. Whoever changes anything in it holds its row."""

    id: RoomId
    kind: RoomKind
    title: str | None = None
    """Of a group."""
    pair: str | None = None
    """Of a private room: whose it is, in one order; empty once one of them has left the hub."""
    video_id: VideoId | None = None
    """The video that it is beside, whose id is the room's."""
    created: datetime
    last_index: int = 0
    """The index of the latest message; there is none before 1, and none is left out."""
    last_at: datetime
    """When something was said last, or the room was made."""
    revision: int = 0
    """How many times messages were edited or deleted."""
    state: int = 0
    """How many times something else changed: members, their roles, mutes, the title."""
    members: int = 0
    slow_seconds: int = 0
    """How long everyone waits between two messages, moderators excepted."""

    @staticmethod
    def pair_of(one: UserId, other: UserId) -> str:
        """Return the name of an unordered pair; ids are of one length and have no colon."""
        return ":".join(sorted((one, other)))


@dataclass(eq=False, kw_only=True)
class Message:
    """Something that was said in a room."""

    room_id: RoomId
    index: int
    """1, 2, 3 … in each room."""
    user_id: UserId | None
    """Empty where its author has left the hub."""
    client_id: str | None
    text: str
    at: datetime
    edited_at: datetime | None = None
    deleted: bool = False
    """Its place stays, its words are gone."""
    reply_to: int | None = None
    """The index of the message that it answers."""
    revision: int | None = None
    """The room's, when this was edited or deleted last."""


@dataclass(eq=False, kw_only=True)
class Member:
    """Somebody's place in a room of two or of a group."""

    room_id: RoomId
    user_id: UserId
    role: RoomRole
    since: datetime
    read_index: int = 0
    """The latest message that they have read."""


@dataclass(eq=False, kw_only=True)
class Standing:
    """What moderators of a room decided about somebody, member or not."""

    room_id: RoomId
    user_id: UserId
    muted_until: datetime | None = None
    banned_until: datetime | None = None
    spoke_at: datetime | None = None
    """When they said something last, where slow mode asks."""
