"""What decides about people in rooms, read for many of them at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, tuple_
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from adapters.persistence.block_rows import blocks
from adapters.persistence.chat_rows import members, rooms, standings
from adapters.persistence.video_rows import videos
from videohub_core.chat.entities import RoomKind
from videohub_core.chat.ports import Place, RoomVideo
from videohub_core.shared.ids import RoomId, UserId

Pair = tuple[RoomId, UserId]

_OF_VIDEO = (
    videos.c.id,
    videos.c.title,
    videos.c.owner_id,
    videos.c.visibility,
    videos.c.state,
    videos.c.hidden_at.is_not(None),
)
_ROOM = select(
    rooms.c.id,
    rooms.c.kind,
    rooms.c.title,
    rooms.c.pair,
    rooms.c.last_index,
    rooms.c.last_at,
    rooms.c.revision,
    rooms.c.state,
    rooms.c.members,
    rooms.c.slow_seconds,
    *_OF_VIDEO,
).outerjoin(videos, videos.c.id == rooms.c.video_id)
_VIDEO = select(*_OF_VIDEO, videos.c.upload_date)


class RoomRow(NamedTuple):
    """A room and the video that it is beside."""

    id: RoomId
    kind: RoomKind
    title: str | None
    pair: str | None
    last_index: int
    last_at: datetime
    revision: int
    state: int
    members: int
    slow_seconds: int
    video: RoomVideo | None

    def other(self, user_id: UserId | None) -> UserId | None:
        """Return the other one of two; None where there are not two any more."""
        others = [one for one in (self.pair or "").split(":") if one and one != user_id]
        return UserId(others[0]) if len(others) == 1 else None


def room_rows(connection: Connection, ids: Collection[RoomId]) -> dict[RoomId, RoomRow]:
    """Return the rooms that there are, those beside videos also before they are used."""
    found = {
        row[0]: _room_row(row) for row in connection.execute(_ROOM.where(rooms.c.id.in_(ids)))
    }
    if missing := set(ids) - found.keys():
        unused = connection.execute(_VIDEO.where(videos.c.id.in_(missing)))
        found |= {row[0]: _unused(row) for row in unused}
    return found


def held_rooms(connection: Connection, ids: Collection[RoomId]) -> dict[RoomId, RoomRow]:
    """Return the rooms that there are, held: nobody else changes them meanwhile.

    Those beside videos get their rows when they are used first.
    """
    # In one order, so that nobody waits in a circle.
    held = _ROOM.where(rooms.c.id.in_(ids)).order_by(rooms.c.id)
    held = held.with_for_update(key_share=True, of=rooms)
    found = {row[0]: _room_row(row) for row in connection.execute(held)}
    if (missing := set(ids) - found.keys()) and open_video_rooms(connection, missing):
        found = {row[0]: _room_row(row) for row in connection.execute(held)}
    return found


def open_video_rooms(connection: Connection, ids: Collection[RoomId]) -> bool:
    """Give the rooms beside videos among these their rows; return False if none is one."""
    there = select(videos.c.id, videos.c.upload_date).where(videos.c.id.in_(ids))
    opened = connection.execute(there.order_by(videos.c.id)).all()
    if opened:
        insert_ = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
        nothing = {"last_index": 0, "revision": 0, "state": 0, "members": 0, "slow_seconds": 0}
        rows = [
            {
                "id": id_,
                "video_id": id_,
                "kind": RoomKind.VIDEO,
                "created": uploaded,
                "last_at": uploaded,
                **nothing,
            }
            for id_, uploaded in opened
        ]
        connection.execute(insert_(rooms).on_conflict_do_nothing(), rows)
    return bool(opened)


def _room_row(row: Sequence[Any]) -> RoomRow:
    *fields, video_id, title, owner_id, visibility, state, is_hidden = row
    video = None
    if video_id is not None:
        video = RoomVideo(video_id, title, owner_id, visibility, state, is_hidden)
    return RoomRow._make((*fields, video))


def _unused(row: Sequence[Any]) -> RoomRow:
    *of_video, upload_date = row
    video = RoomVideo(*of_video)
    return RoomRow(
        RoomId(video.id), RoomKind.VIDEO, None, None, 0, upload_date, 0, 0, 0, 0, video
    )


def places(
    connection: Connection, found: Mapping[RoomId, RoomRow], pairs: Collection[Pair]
) -> dict[Pair, Place]:
    """Return the place of each user in each of these rooms."""
    member_key = tuple_(members.c.room_id, members.c.user_id)
    of_members = select(
        members.c.room_id, members.c.user_id, members.c.role, members.c.read_index
    ).where(member_key.in_(pairs))
    known = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(of_members)}
    standing_key = tuple_(standings.c.room_id, standings.c.user_id)
    of_standings = select(
        standings.c.room_id,
        standings.c.user_id,
        standings.c.muted_until,
        standings.c.banned_until,
    ).where(standing_key.in_(pairs))
    decided = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(of_standings)}
    apart = _apart(connection, found.values())
    places_found = {}
    for room_id, user_id in pairs:
        room = found.get(room_id)
        if room is not None:
            role, read_index = known.get((room_id, user_id), (None, 0))
            muted, banned = decided.get((room_id, user_id), (None, None))
            is_blocked = room_id in apart
            places_found[room_id, user_id] = Place(
                room.kind, role, muted, banned, is_blocked, room.video, read_index
            )
    return places_found


def _apart(connection: Connection, found: Collection[RoomRow]) -> set[RoomId]:
    """Return the rooms of two of whom one has blocked the other."""
    sides: dict[tuple[str, str], RoomId] = {}
    for room in found:
        one, _, other = (room.pair or "").partition(":")
        if other:
            sides |= {(one, other): room.id, (other, one): room.id}
    if not sides:
        return set()
    key = tuple_(blocks.c.user_id, blocks.c.blocked_id)
    statement = select(blocks.c.user_id, blocks.c.blocked_id).where(key.in_(list(sides)))
    return {sides[row[0], row[1]] for row in connection.execute(statement)}
