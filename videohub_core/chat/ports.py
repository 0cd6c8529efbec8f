"""What rooms need from outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from videohub_core.accounts.ports import PublicUser, UserRepository
from videohub_core.chat.entities import Member, Message, Room, RoomKind, RoomRole, Standing
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import RoomId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.entities import ProcessingState, Visibility
from videohub_core.videos.ports import VideosUnitOfWork


class RoomVideo(NamedTuple):
    """The video that a room is beside, as far as rooms care."""

    id: VideoId
    title: str
    owner_id: UserId
    visibility: Visibility
    state: ProcessingState
    is_hidden: bool
    is_reported: bool = False
    """What a video is reported for is not what is said beside it."""


class Place(NamedTuple):
    """All that decides what one user, or a stranger, may do in one room."""

    kind: RoomKind
    role: RoomRole | None = None
    """None for whoever is no member."""
    muted_until: datetime | None = None
    banned_until: datetime | None = None
    is_blocked: bool = False
    """Whether one of the two in a private room has blocked the other."""
    video: RoomVideo | None = None
    read_index: int = 0


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as it is shown; one that was deleted has no words."""

    room_id: RoomId
    index: int
    user: PublicUser | None
    """None where its author has left the hub."""
    text: str
    at: datetime
    edited_at: datetime | None = None
    deleted: bool = False
    reply_to: int | None = None
    client_id: str | None = None
    """For its author alone."""
    revision: int | None = None


class RoomView(NamedTuple):
    """A room as it is shown to one user, or to a stranger."""

    id: RoomId
    kind: RoomKind
    title: str | None
    """Of a group."""
    members: int
    last_index: int
    last_at: datetime
    revision: int
    state: int
    slow_seconds: int
    place: Place
    other: PublicUser | None = None
    """The other one of a private room; None once they have left the hub."""
    last_message: MessageView | None = None

    @property
    def unread(self) -> int:
        """How many messages came since the member read; 0 for whoever is no member."""
        return 0 if self.place.role is None else self.last_index - self.place.read_index


class MemberView(NamedTuple):
    """Somebody in a room."""

    user: PublicUser
    role: RoomRole
    since: datetime
    read_index: int
    muted_until: datetime | None


class Head(NamedTuple):
    """How far a room is."""

    last_index: int
    revision: int
    state: int


@dataclass(frozen=True)
class Post:
    """Something to be said in a room."""

    room_id: RoomId
    actor: Actor
    text: str
    client_id: str | None = None
    """Names it among all that its author says in the room: sent again, it is the same."""
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class ReadMark:
    """How far somebody has read a room."""

    room_id: RoomId
    actor: Actor
    index: int
    """The latest message that they have read."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a post: stored now, or before under the same client id."""

    index: int
    at: datetime
    is_new: bool


class MessageLog(Protocol):
    """Stores what is said: many posts in one transaction, in the order in which they came."""

    def submit(self, post: Post) -> Future[Posted]:
        """Return what will be known once the post is stored, or will not be.

        The future raises what `policies.check_talk` and `check_pace` raise, AccountBanned,
        InvalidInput for an answer to what is not there, and Unavailable where the database
        does not answer: then the post may be stored, and sending it again is safe. Raise Busy
        at once if too many wait.
        """

    def mark_read(self, mark: ReadMark) -> Future[int]:
        """Return what will be how far it is read: never less than before, nor beyond the end.

        The future raises what `policies.check_enter` raises; otherwise as `submit`.
        """

    def follow(self, stored: Callable[[Sequence[MessageView]], None]) -> None:
        """Call `stored` with each batch once it is committed, before its futures are done.

        It is called by the thread that stores, and is to be quick.
        """


class RoomRepository(Protocol):
    """The rooms inside one transaction."""

    def add(self, room: Room) -> Room:
        """Store a new room and return it, or the one of the same pair or video, held."""

    def of_pair(self, pair: str) -> Room | None:
        """Return the room of two, held."""

    def are_apart(self, one: UserId, others: Collection[UserId]) -> bool:
        """Tell whether somebody has blocked one of the others, or is blocked by one."""

    def get(self, room_id: RoomId) -> Room | None:
        """Return the room, held against other transactions until this one ends.

        The room beside a video has the video's id, and is there as soon as the video is.
        """

    def place(self, room_id: RoomId, user_id: UserId) -> Place | None:
        """Return somebody's place in a room; None if there is no such room."""

    def remove(self, room: Room) -> None:
        """Delete a room and all that is in it."""

    def add_member(self, member: Member) -> None: ...

    def member(self, room_id: RoomId, user_id: UserId) -> Member | None: ...

    def remove_member(self, member: Member) -> None: ...

    def owner(self, room_id: RoomId) -> Member | None:
        """Return the owner of a group."""

    def heir(self, room_id: RoomId, leaving: UserId) -> Member | None:
        """Return who is to own a group after its owner: the longest there, moderators first."""

    def rooms_of(self, user_id: UserId) -> Sequence[RoomId]:
        """Return the rooms that somebody is in, in order of their ids."""

    def standing(self, room_id: RoomId, user_id: UserId) -> Standing:
        """Return what moderators decided about somebody; new if that is nothing."""

    def message(self, room_id: RoomId, index: int) -> Message | None:
        """Return a message of a room that is held."""


class ChatUnitOfWork(VideosUnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def rooms(self) -> RoomRepository: ...


class RoomReader(Protocol):
    """Reads rooms for showing, outside any transaction."""

    def get(self, room_id: RoomId, user_id: UserId | None) -> RoomView | None:
        """Return a room as somebody, or a stranger, sees it. Whether they may is not asked."""

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[RoomView]:
        """Return the rooms of two and groups that a user is in, freshest first."""

    def members(self, room_id: RoomId, request: PageRequest) -> Page[MemberView]:
        """Return who is in a room, those first who came first."""

    def places(self, room_id: RoomId, user_ids: Collection[UserId]) -> Mapping[UserId, Place]:
        """Return the places of users in a room; nothing if there is no such room."""

    def heads(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, Head]:
        """Return how far rooms are; those that are gone are left out."""


class MessageReader(Protocol):
    """Reads what is said in a room. Who may is not asked."""

    def before(self, room_id: RoomId, index: int | None, limit: int) -> Sequence[MessageView]:
        """Return at most `limit` messages before an index, or the latest, newest first."""

    def after(
        self, room_id: RoomId, index: int, limit: int, *, until: int | None = None
    ) -> Sequence[MessageView]:
        """Return at most `limit` messages after an index, oldest first, none after `until`."""

    def changed(
        self, room_id: RoomId, after: int, until: int, limit: int
    ) -> Sequence[MessageView]:
        """Return messages by their latest change, of revisions after one and until another."""

    def one(self, room_id: RoomId, index: int) -> MessageView | None: ...
