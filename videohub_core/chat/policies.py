"""Who may enter a room, talk there and look after it: the one place that decides it."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from videohub_core.chat.entities import Member, Room, RoomKind, RoomRole
from videohub_core.chat.errors import (
    AlwaysThere,
    BannedFromRoom,
    Blocked,
    MutedInRoom,
    NoSuchRoom,
    NotAMember,
    NotRoomModerator,
    TooSoon,
)
from videohub_core.chat.ports import ChatUnitOfWork, Place
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.ids import RoomId
from videohub_core.videos.policies import may_see


def may_enter(actor: Actor | None, place: Place) -> bool:
    """Tell whether the actor may know of the room.

    Admins may know of every room, as they may of every video.
    """
    if place.kind is RoomKind.VIDEO:
        return place.video is not None and may_see(actor, place.video)
    return place.role is not None or (actor is not None and actor.role.includes(Role.ADMIN))


def may_look_after(actor: Actor, place: Place) -> bool:
    """Tell whether the actor may delete what others say, mute them and keep them out."""
    if place.kind is RoomKind.PRIVATE:
        return False
    if place.kind is RoomKind.VIDEO:
        is_owner = place.video is not None and place.video.owner_id == actor.id
        return is_owner or actor.role.includes(Role.MODERATOR)
    moderates = place.role is not None and place.role.includes(RoomRole.MODERATOR)
    return moderates or actor.role.includes(Role.ADMIN)


def check_enter(actor: Actor | None, place: Place | None, now: datetime) -> Place:
    """Return the actor's place in a room that they may read.

    Raise NoSuchRoom, for a hidden one as for a missing one, or BannedFromRoom.
    """
    if place is None or not may_enter(actor, place):
        raise NoSuchRoom
    if place.banned_until is not None and place.banned_until > now:
        raise BannedFromRoom
    return place


def check_talk(actor: Actor, place: Place | None, now: datetime) -> Place:
    """Return the actor's place in a room that they may talk in, whatever slow mode says.

    Raise NoSuchRoom, BannedFromRoom, NotAMember, Blocked or MutedInRoom.
    """
    place = check_enter(actor, place, now)
    if place.kind is not RoomKind.VIDEO and place.role is None:
        raise NotAMember
    if place.is_blocked:
        raise Blocked
    if place.muted_until is not None and place.muted_until > now:
        raise MutedInRoom(place.muted_until)
    return place


def may_talk(actor: Actor | None, place: Place, now: datetime) -> bool:
    """Tell whether the actor may talk in a room, whatever slow mode says."""
    if actor is None:
        return False
    try:
        check_talk(actor, place, now)
    except (NoSuchRoom, NotAllowed):
        return False
    return True


def check_pace(
    actor: Actor, place: Place, slow_seconds: int, spoke_at: datetime | None, now: datetime
) -> None:
    """Raise TooSoon if slow mode asks the actor to wait."""
    if not slow_seconds or spoke_at is None or may_look_after(actor, place):
        return
    left = spoke_at + timedelta(seconds=slow_seconds) - now
    if left > timedelta():
        raise TooSoon(math.ceil(left.total_seconds()))


def check_look_after(actor: Actor, place: Place | None) -> Place:
    """Return the place of whoever may look after the room.

    Raise NoSuchRoom or NotRoomModerator.
    """
    if place is None or not may_enter(actor, place):
        raise NoSuchRoom
    if not may_look_after(actor, place):
        raise NotRoomModerator
    return place


def entered_room(uow: ChatUnitOfWork, actor: Actor, room_id: RoomId) -> tuple[Room, Place]:
    """Return a room that the actor may know of, held, and their place there."""
    room = uow.rooms.get(room_id)
    place = None if room is None else uow.rooms.place(room_id, actor.id)
    if room is None or place is None or not may_enter(actor, place):
        raise NoSuchRoom
    return room, place


def looked_after_room(uow: ChatUnitOfWork, actor: Actor, room_id: RoomId) -> tuple[Room, Place]:
    """Return a room for whoever looks after it, held; raise NoSuchRoom or NotRoomModerator."""
    room, place = entered_room(uow, actor, room_id)
    return room, check_look_after(actor, place)


def check_group(room: Room) -> None:
    """Raise AlwaysThere for a room that is no group."""
    if room.kind is not RoomKind.GROUP:
        raise AlwaysThere


def outranks(actor: Actor, place: Place, other: Member | None) -> bool:
    """Tell whether the actor decides about somebody: the owner about all, others about less."""
    if actor.role.includes(Role.ADMIN):
        return True
    theirs = RoomRole.MEMBER if other is None else other.role
    return place.role is None or (place.role is not theirs and place.role.includes(theirs))
