"""Rooms inside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import case, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from adapters.persistence.block_rows import blocks
from adapters.persistence.chat_places import open_video_rooms, places, room_rows
from adapters.persistence.chat_rows import members, rooms
from adapters.persistence.database import LOCKED
from videohub_core.chat.entities import Member, Message, Room, RoomRole, Standing
from videohub_core.chat.ports import Place
from videohub_core.shared.errors import Unauthenticated
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import RoomId, UserId

_RANK = case(
    (members.c.role == RoomRole.OWNER, 0), (members.c.role == RoomRole.MODERATOR, 1), else_=2
)


class SqlRooms:
    """`RoomRepository` over one ORM session."""

    def __init__(self, session: Session, track: Callable[[Aggregate], None]) -> None:
        self._session = session
        self._track = track

    def add(self, room: Room) -> Room:
        try:
            with self._session.begin_nested():
                self._session.add(room)
                self._session.flush()
        except IntegrityError:
            # Somebody else was first, between this transaction's look and its write.
            twin = None if room.pair is None else self.of_pair(room.pair)
            if twin is None:
                raise
            room = twin
        self._track(room)
        return room

    def of_pair(self, pair: str) -> Room | None:
        statement = select(Room).where(rooms.c.pair == pair).with_for_update(key_share=True)
        room = self._session.scalar(statement)
        if room is not None:
            self._track(room)
        return room

    def get(self, room_id: RoomId) -> Room | None:
        room = self._session.get(Room, room_id, with_for_update=LOCKED)
        if room is None and open_video_rooms(self._session.connection(), [room_id]):
            room = self._session.get(Room, room_id, with_for_update=LOCKED)
        if room is not None:
            self._track(room)
        return room

    def are_apart(self, one: UserId, others: Collection[UserId]) -> bool:
        either = (blocks.c.user_id == one) & blocks.c.blocked_id.in_(others)
        either |= (blocks.c.blocked_id == one) & blocks.c.user_id.in_(others)
        return self._session.scalar(select(blocks.c.user_id).where(either).limit(1)) is not None

    def place(self, room_id: RoomId, user_id: UserId) -> Place | None:
        connection = self._session.connection()
        found = room_rows(connection, [room_id])
        return places(connection, found, [(room_id, user_id)]).get((room_id, user_id))

    def remove(self, room: Room) -> None:
        self._session.execute(delete(rooms).where(rooms.c.id == room.id))
        self._session.expunge(room)

    def add_member(self, member: Member) -> None:
        self._session.add(member)
        try:
            self._session.flush()
        except IntegrityError as error:
            # The room is held: it is the user who is gone.
            raise Unauthenticated from error

    def member(self, room_id: RoomId, user_id: UserId) -> Member | None:
        return self._session.get(Member, (room_id, user_id))

    def remove_member(self, member: Member) -> None:
        self._session.delete(member)
        self._session.flush()

    def owner(self, room_id: RoomId) -> Member | None:
        is_owner = (members.c.room_id == room_id) & (members.c.role == RoomRole.OWNER)
        return self._session.scalar(select(Member).where(is_owner))

    def heir(self, room_id: RoomId, leaving: UserId) -> Member | None:
        return self._session.scalar(
            select(Member)
            .where(members.c.room_id == room_id, members.c.user_id != leaving)
            .order_by(_RANK, members.c.since, members.c.user_id)
            .limit(1)
        )

    def rooms_of(self, user_id: UserId) -> Sequence[RoomId]:
        found = select(members.c.room_id).where(members.c.user_id == user_id)
        return self._session.scalars(found.order_by(members.c.room_id)).all()

    def standing(self, room_id: RoomId, user_id: UserId) -> Standing:
        standing = self._session.get(Standing, (room_id, user_id))
        if standing is None:
            standing = Standing(room_id=room_id, user_id=user_id)
            self._session.add(standing)
        return standing

    def message(self, room_id: RoomId, index: int) -> Message | None:
        return self._session.get(Message, (room_id, index))
