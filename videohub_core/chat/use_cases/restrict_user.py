"""Mute somebody in a room, or keep them out of it."""

from __future__ import annotations

from datetime import UTC, datetime

from videohub_core.accounts.policies import known_user
from videohub_core.chat.entities import Restriction, RoomRole
from videohub_core.chat.errors import NotRoomModerator
from videohub_core.chat.events import RoomChanged
from videohub_core.chat.policies import looked_after_room, outranks
from videohub_core.chat.ports import ChatUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import RoomId, UserId

FOR_GOOD = datetime(9999, 12, 31, tzinfo=UTC)


class RestrictUser:
    """Let somebody read only, or not enter at all, until a time; for those who look after it.

    Whoever is kept out of a group is no member of it any more.
    """

    def __init__(self, uow: ChatUnitOfWork) -> None:
        self._uow = uow

    def __call__(
        self,
        *,
        actor: Actor,
        room_id: RoomId,
        user_id: UserId,
        restriction: Restriction,
        until: datetime | None,
    ) -> None:
        """Lift the restriction with None. Raise NoSuchUser, NoSuchRoom or NotRoomModerator.

        Nobody does it to themselves, to the owner of the video, or to their equals.
        """
        with self._uow as uow:
            known_user(uow.users, user_id)
            room, place = looked_after_room(uow, actor, room_id)
            member = uow.rooms.member(room_id, user_id)
            is_owner = place.video is not None and place.video.owner_id == user_id
            is_owner |= member is not None and member.role is RoomRole.OWNER
            if user_id == actor.id or is_owner or not outranks(actor, place, member):
                raise NotRoomModerator
            standing = uow.rooms.standing(room_id, user_id)
            if restriction is Restriction.MUTE:
                standing.muted_until = until
            else:
                standing.banned_until = until
                if until is not None and member is not None:
                    uow.rooms.remove_member(member)
                    room.members -= 1
            room.state += 1
            room.record(RoomChanged(room.id, actor.id))
            uow.commit()
