"""Invite somebody into a group, or give them another role there."""

from __future__ import annotations

from videohub_core.accounts.policies import known_user
from videohub_core.chat.entities import MEMBERS_MOST, Member, Room, RoomRole
from videohub_core.chat.errors import (
    BannedFromRoom,
    Blocked,
    NotRoomModerator,
    OwnerStays,
    RoomFull,
)
from videohub_core.chat.events import RoomChanged
from videohub_core.chat.policies import check_group, entered_room, may_look_after
from videohub_core.chat.ports import ChatUnitOfWork, Place
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import RoomId, UserId


class PutMember:
    """Invite somebody, or change the role of whoever is in the group already.

    Moderators of the group invite; its owner, and admins, give roles. Who is made its owner
    takes it over from the one before, who stays as a moderator.
    """

    def __init__(self, uow: ChatUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(
        self, *, actor: Actor, room_id: RoomId, user_id: UserId, role: RoomRole | None = None
    ) -> bool:
        """Return whether they are new.

        Raise NoSuchUser, NoSuchRoom, AlwaysThere, NotRoomModerator, RoomFull, BannedFromRoom,
        Blocked, or OwnerStays if the owner were to be less without another one.
        """
        with self._uow as uow:
            known_user(uow.users, user_id)
            room, place = entered_room(uow, actor, room_id)
            check_group(room)
            if not may_look_after(actor, place):
                raise NotRoomModerator
            member = uow.rooms.member(room_id, user_id)
            is_new = member is None
            if member is None:
                member = self._invited(uow, actor, room, user_id)
            if role is not None and role is not member.role:
                _give_role(uow, actor, place, room, member, role)
            elif not is_new:
                return False
            room.state += 1
            room.record(RoomChanged(room.id, actor.id))
            uow.commit()
        return is_new

    def _invited(
        self, uow: ChatUnitOfWork, actor: Actor, room: Room, user_id: UserId
    ) -> Member:
        now = self._clock.now()
        if room.members >= MEMBERS_MOST:
            raise RoomFull
        banned_until = uow.rooms.standing(room.id, user_id).banned_until
        if banned_until is not None and banned_until > now:
            raise BannedFromRoom
        if uow.rooms.are_apart(actor.id, [user_id]):
            raise Blocked
        # What was said before is no news for them.
        member = Member(
            room_id=room.id,
            user_id=user_id,
            role=RoomRole.MEMBER,
            since=now,
            read_index=room.last_index,
        )
        uow.rooms.add_member(member)
        room.members += 1
        return member


def _give_role(
    uow: ChatUnitOfWork,
    actor: Actor,
    place: Place,
    room: Room,
    member: Member,
    role: RoomRole,
) -> None:
    if place.role is not RoomRole.OWNER and not actor.role.includes(Role.ADMIN):
        raise NotRoomModerator
    if member.role is RoomRole.OWNER:
        raise OwnerStays
    if role is RoomRole.OWNER and (owner := uow.rooms.owner(room.id)) is not None:
        owner.role = RoomRole.MODERATOR
    member.role = role
