"""Rooms for showing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select, tuple_

from adapters.persistence.accounts import users
from adapters.persistence.among import Among
from adapters.persistence.channels import channels
from adapters.persistence.chat_messages import MESSAGE, message_view
from adapters.persistence.chat_places import RoomRow, places, room_rows
from adapters.persistence.chat_rows import members, messages, rooms, standings
from adapters.persistence.database import Database
from adapters.persistence.keyset import page_of
from adapters.persistence.prepared import Prepared
from videohub_core.accounts.ports import ChannelRef, PublicUser
from videohub_core.chat.ports import Head, MemberView, MessageView, Place, RoomView
from videohub_core.shared.ids import RoomId, UserId
from videohub_core.shared.paging import Page, PageRequest, Position

_HEADS = Prepared(
    select(rooms.c.id, rooms.c.last_index, rooms.c.revision, rooms.c.state).where(
        Among(rooms.c.id, "ids")
    )
)
_PUBLIC = select(users.c.id, users.c.display_name, channels.c.id, channels.c.title).join(
    channels, channels.c.user_id == users.c.id
)


class SqlRoomReader:
    """`RoomReader` over reading connections."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, room_id: RoomId, user_id: UserId | None) -> RoomView | None:
        with self._database.reading() as connection:
            found = room_rows(connection, [room_id])
            return next(iter(_views(connection, found, [room_id], user_id)), None)

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[RoomView]:
        place = (rooms.c.last_at, rooms.c.id)
        statement = (
            select(rooms.c.id)
            .join(members, members.c.room_id == rooms.c.id)
            .where(members.c.user_id == user_id)
            .order_by(*(column.desc() for column in place))
            .limit(request.limit + 1)
        )
        if request.after is not None:
            statement = statement.where(tuple_(*place) < (request.after.at, request.after.id))
        with self._database.reading() as connection:
            ids = list(connection.scalars(statement))
            found = room_rows(connection, ids)
            views = _views(connection, found, ids, user_id)
        return page_of(views, request, lambda one: Position(one.last_at, one.id))

    def members(self, room_id: RoomId, request: PageRequest) -> Page[MemberView]:
        place = (members.c.since, members.c.user_id)
        statement = (
            _PUBLIC.add_columns(
                members.c.role,
                members.c.since,
                members.c.read_index,
                standings.c.muted_until,
            )
            .join(members, members.c.user_id == users.c.id)
            .outerjoin(
                standings,
                (standings.c.room_id == members.c.room_id)
                & (standings.c.user_id == members.c.user_id),
            )
            .where(members.c.room_id == room_id)
            .order_by(*place)
            .limit(request.limit + 1)
        )
        if request.after is not None:
            statement = statement.where(tuple_(*place) > (request.after.at, request.after.id))
        with self._database.reading() as connection:
            found = [
                MemberView(PublicUser(id_, name, ChannelRef(channel_id, title)), *rest)
                for id_, name, channel_id, title, *rest in connection.execute(statement)
            ]
        return page_of(found, request, lambda one: Position(one.since, one.user.id))

    def places(self, room_id: RoomId, user_ids: Collection[UserId]) -> Mapping[UserId, Place]:
        with self._database.reading() as connection:
            found = room_rows(connection, [room_id])
            known = places(connection, found, [(room_id, user_id) for user_id in user_ids])
        return {user_id: place for (_room_id, user_id), place in known.items()}

    def heads(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, Head]:
        rows = _HEADS.rows(self._database, {"ids": room_ids})
        return {row[0]: Head(*row[1:]) for row in rows}


def _views(
    connection: Connection,
    found: Mapping[RoomId, RoomRow],
    ids: Sequence[RoomId],
    user_id: UserId | None,
) -> list[RoomView]:
    """Return the rooms as somebody sees them, in the order of `ids`, without those gone."""
    there = [found[id_] for id_ in ids if id_ in found]
    known = {}
    if user_id is not None:
        known = places(connection, found, [(room.id, user_id) for room in there])
    others = _people(connection, [one for room in there if (one := room.other(user_id))])
    last = _last_messages(connection, there)
    return [
        RoomView(
            id=room.id,
            kind=room.kind,
            title=room.title,
            members=room.members,
            last_index=room.last_index,
            last_at=room.last_at,
            revision=room.revision,
            state=room.state,
            slow_seconds=room.slow_seconds,
            place=known[room.id, user_id]
            if user_id is not None
            else Place(room.kind, video=room.video),
            other=others.get(other) if (other := room.other(user_id)) else None,
            last_message=last.get(room.id),
        )
        for room in there
    ]


def _people(connection: Connection, ids: Sequence[UserId]) -> dict[UserId, PublicUser]:
    if not ids:
        return {}
    rows = connection.execute(_PUBLIC.where(users.c.id.in_(ids)))
    return {row[0]: PublicUser(row[0], row[1], ChannelRef(row[2], row[3])) for row in rows}


def _last_messages(
    connection: Connection, there: Sequence[RoomRow]
) -> dict[RoomId, MessageView]:
    latest = [(room.id, room.last_index) for room in there if room.last_index]
    if not latest:
        return {}
    key = tuple_(messages.c.room_id, messages.c.index)
    rows = connection.execute(MESSAGE.where(key.in_(latest)))
    return {row[0]: message_view(row) for row in rows}
