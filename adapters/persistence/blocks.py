"""Block lists inside a transaction and for showing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from adapters.persistence.accounts import users
from adapters.persistence.block_rows import blocks
from adapters.persistence.channels import channels
from adapters.persistence.database import Database
from adapters.persistence.keyset import behind, page_of, page_values
from adapters.persistence.prepared import Prepared
from videohub_core.accounts.ports import ChannelRef, PublicUser
from videohub_core.blocks.ports import BlockView
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import Page, PageRequest, Position

_OF_USER = blocks.c.user_id == bindparam("user_id")
_ONE = Prepared(
    select(blocks.c.blocked_id).where(_OF_USER, blocks.c.blocked_id == bindparam("blocked_id"))
)
# Few enough to be sorted where they are found, so that no index has the time.
_BLOCKED = (
    select(users.c.id, users.c.display_name, channels.c.id, channels.c.title, blocks.c.since)
    .select_from(blocks)
    .join(users, users.c.id == blocks.c.blocked_id)
    .join(channels, channels.c.user_id == users.c.id)
    .where(_OF_USER)
    .order_by(blocks.c.since.desc(), blocks.c.blocked_id.desc())
    .limit(bindparam("limit"))
)
_FIRST = Prepared(_BLOCKED)
_AFTER = Prepared(_BLOCKED.where(behind(blocks.c.since, blocks.c.blocked_id)))


class SqlBlocks:
    """`BlockRepository` over one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def has(self, user_id: UserId, blocked_id: UserId) -> bool:
        found = select(blocks.c.blocked_id).where(_is(user_id, blocked_id))
        return self._session.scalars(found).first() is not None

    def count(self, user_id: UserId) -> int:
        found = select(func.count()).select_from(blocks).where(blocks.c.user_id == user_id)
        return self._session.scalars(found).one()

    def add(self, user_id: UserId, blocked_id: UserId, now: datetime) -> None:
        row = {"user_id": user_id, "blocked_id": blocked_id, "since": now}
        self._session.execute(insert(blocks), [row])

    def remove(self, user_id: UserId, blocked_id: UserId) -> bool:
        gone = delete(blocks).where(_is(user_id, blocked_id)).returning(blocks.c.blocked_id)
        return self._session.scalars(gone).first() is not None


class SqlBlockReader:
    """`BlockReader` by prepared selects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has(self, user_id: UserId, blocked_id: UserId) -> bool:
        values = {"user_id": user_id, "blocked_id": blocked_id}
        return _ONE.first(self._database, values) is not None

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[BlockView]:
        values = {**page_values(request), "user_id": user_id}
        statement = _FIRST if request.after is None else _AFTER
        found = [
            BlockView(PublicUser(id_, name, ChannelRef(channel_id, title)), since)
            for id_, name, channel_id, title, since in statement.rows(self._database, values)
        ]
        return page_of(found, request, lambda one: Position(one.since, one.user.id))


def _is(user_id: UserId, blocked_id: UserId) -> ColumnElement[bool]:
    return (blocks.c.user_id == user_id) & (blocks.c.blocked_id == blocked_id)
