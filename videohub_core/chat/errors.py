"""What rooms refuse."""

from __future__ import annotations

from datetime import datetime

from videohub_core.shared.errors import Conflict, NotAllowed, NotFound, Unavailable
from videohub_core.shared.rate_limit import TooManyRequests


class NoSuchRoom(NotFound):
    """There is no room with this id, or none that the actor may know of."""

    code = "no_such_room"
    title = "There is no such room."


class NoSuchMessage(NotFound):
    """The room has no message of this index, or its words are gone."""

    code = "no_such_message"
    title = "There is no such message."


class NoSuchMember(NotFound):
    """Somebody is not in the room."""

    code = "no_such_member"
    title = "They are not in this room."


class NotYourMessage(NotAllowed):
    """The message is visible, and somebody else's."""

    code = "not_your_message"
    title = "This is somebody else's message."


class NotAMember(NotAllowed):
    """The room is visible, but only its members talk there."""

    code = "not_a_member"
    title = "Only members of this room talk here."


class NotRoomModerator(NotAllowed):
    """Looking after a room is for others than the actor."""

    code = "not_room_moderator"
    title = "This is for those who look after the room."


class Blocked(NotAllowed):
    """One of two has blocked the other; it is not told which."""

    code = "blocked"
    title = "You cannot write to each other."


class BannedFromRoom(NotAllowed):
    """Moderators of the room keep the actor out."""

    code = "banned_from_room"
    title = "You are kept out of this room."


class MutedInRoom(NotAllowed):
    """Moderators of the room let the actor read only."""

    code = "muted_in_room"
    title = "You may read here, but not write."

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class TooSoon(TooManyRequests):
    """The room is in slow mode."""

    code = "slow_mode"
    title = "This room is in slow mode. Wait a little before you write again."


class RoomFull(Conflict):
    """The group has as many members as it may have."""

    code = "room_full"
    title = "The group has as many members as it may have."


class AlwaysThere(NotAllowed):
    """A room of two, and one beside a video, are there as long as those are."""

    code = "room_stays"
    title = "This room cannot be changed so or deleted."


class OwnerStays(Conflict):
    """A group has one owner, who hands it over or deletes it."""

    code = "owner_stays"
    title = "The owner of a group hands it over first."


class Busy(Unavailable):
    """More is said at once than can be stored; the same message may be sent again."""

    code = "busy"
    title = "Too much is being said at once. Try again in a moment."
    retry_after = 1
