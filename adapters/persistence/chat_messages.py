"""What is said in rooms, for showing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, bindparam, select

from adapters.persistence.accounts import users
from adapters.persistence.channels import channels
from adapters.persistence.chat_rows import messages
from adapters.persistence.database import Database
from adapters.persistence.prepared import Prepared
from videohub_core.accounts.ports import ChannelRef, PublicUser
from videohub_core.chat.ports import MessageView
from videohub_core.shared.ids import RoomId

MESSAGE = (
    select(
        messages.c.room_id,
        messages.c.index,
        messages.c.text,
        messages.c.at,
        messages.c.edited_at,
        messages.c.deleted,
        messages.c.reply_to,
        messages.c.client_id,
        messages.c.revision,
        messages.c.user_id,
        users.c.display_name,
        channels.c.id,
        channels.c.title,
    )
    .outerjoin(users, users.c.id == messages.c.user_id)
    .outerjoin(channels, channels.c.user_id == users.c.id)
)
_OF_ROOM = MESSAGE.where(messages.c.room_id == bindparam("room_id"))
_INDEX = bindparam("index", type_=Integer)
_NEWEST_FIRST = _OF_ROOM.order_by(messages.c.index.desc()).limit(bindparam("limit"))
_LATEST = Prepared(_NEWEST_FIRST)
_BEFORE = Prepared(_NEWEST_FIRST.where(messages.c.index < _INDEX))
_AFTER = Prepared(
    _OF_ROOM.where(messages.c.index > _INDEX, messages.c.index <= bindparam("until"))
    .order_by(messages.c.index)
    .limit(bindparam("limit"))
)
_CHANGED = Prepared(
    _OF_ROOM.where(
        messages.c.revision > bindparam("after"), messages.c.revision <= bindparam("until")
    )
    .order_by(messages.c.revision)
    .limit(bindparam("limit"))
)
_ONE = Prepared(_OF_ROOM.where(messages.c.index == _INDEX))
_LAST_OF_ALL = 2**31 - 1


class SqlMessageReader:
    """`MessageReader` by hot selects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def before(self, room_id: RoomId, index: int | None, limit: int) -> Sequence[MessageView]:
        values = {"room_id": room_id, "limit": limit}
        if index is None:
            return self._read(_LATEST, values)
        return self._read(_BEFORE, {**values, "index": index})

    def after(
        self, room_id: RoomId, index: int, limit: int, *, until: int | None = None
    ) -> Sequence[MessageView]:
        last = _LAST_OF_ALL if until is None else until
        values = {"room_id": room_id, "index": index, "until": last, "limit": limit}
        return self._read(_AFTER, values)

    def changed(
        self, room_id: RoomId, after: int, until: int, limit: int
    ) -> Sequence[MessageView]:
        values = {"room_id": room_id, "after": after, "until": until, "limit": limit}
        return self._read(_CHANGED, values)

    def one(self, room_id: RoomId, index: int) -> MessageView | None:
        found = self._read(_ONE, {"room_id": room_id, "index": index})
        return found[0] if found else None

    def _read(self, select_: Prepared, values: dict[str, Any]) -> list[MessageView]:
        return [message_view(row) for row in select_.rows(self._database, values)]


def message_view(row: Sequence[Any]) -> MessageView:
    """Return a message as it is shown, of the columns of `MESSAGE`."""
    room_id, index, text, at, edited_at, deleted, reply_to, client_id, revision, *by = row
    user_id, name, channel_id, title = by
    return MessageView(
        room_id=room_id,
        index=index,
        user=None
        if user_id is None
        else PublicUser(user_id, name, ChannelRef(channel_id, title)),
        text=text,
        at=at,
        edited_at=edited_at,
        deleted=deleted,
        reply_to=reply_to,
        client_id=client_id,
        revision=revision,
    )
