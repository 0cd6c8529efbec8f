"""Make a group."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.accounts.policies import known_user
from videohub_core.chat.entities import (
    MEMBERS_MOST,
    Member,
    Room,
    RoomKind,
    RoomRole,
    RoomTitle,
)
from videohub_core.chat.errors import Blocked, RoomFull
from videohub_core.chat.events import RoomOpened
from videohub_core.chat.ports import ChatUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.idempotency import Created, IdempotencyKey
from videohub_core.shared.ids import Ids, RoomId, UserId


class CreateGroup:
    """Make a group that the actor owns, and invite others into it."""

    def __init__(self, uow: ChatUnitOfWork, ids: Ids, clock: Clock) -> None:
        self._uow = uow
        self._ids = ids
        self._clock = clock

    def __call__(
        self,
        *,
        actor: Actor,
        title: str,
        member_ids: Sequence[UserId] = (),
        once: IdempotencyKey | None = None,
    ) -> Created:
        """Return the new room's id.

        Raise InvalidInput, NoSuchUser, RoomFull, or Blocked if one of them and the actor are
        not to meet. Raise KeyReused for a key of something else.
        """
        called = RoomTitle.checked(title)
        others = sorted({*member_ids} - {actor.id})
        if len(others) >= MEMBERS_MOST:
            raise RoomFull
        with self._uow as uow:
            if once is not None and (made := uow.idempotency.done(once)) is not None:
                return Created(made, replayed=True)
            for one in sorted([actor.id, *others]):
                known_user(uow.users, one)
            if uow.rooms.are_apart(actor.id, others):
                raise Blocked
            now = self._clock.now()
            room = Room(
                id=RoomId(self._ids.new()),
                kind=RoomKind.GROUP,
                title=called.text,
                created=now,
                last_at=now,
                members=1 + len(others),
            )
            room.record(RoomOpened(room.id, actor.id))
            uow.rooms.add(room)
            for one in (actor.id, *others):
                role = RoomRole.OWNER if one == actor.id else RoomRole.MEMBER
                member = Member(room_id=room.id, user_id=one, role=role, since=now)
                uow.rooms.add_member(member)
            if once is not None:
                uow.idempotency.remember(once, room.id, now)
            uow.commit()
        return Created(room.id)
