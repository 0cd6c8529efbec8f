"""Block lists in memory."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from tests.fakes.paging import page_of
from videohub_core.accounts.ports import ChannelRef, PublicUser
from videohub_core.blocks.ports import BlockView
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import Page, PageRequest

BlockRows = dict[tuple[str, str], datetime]


class FakeBlocks:
    def __init__(self, rows: BlockRows) -> None:
        self._rows = rows

    def has(self, user_id: UserId, blocked_id: UserId) -> bool:
        return (user_id, blocked_id) in self._rows

    def count(self, user_id: UserId) -> int:
        return sum(whose == user_id for whose, _ in self._rows)

    def add(self, user_id: UserId, blocked_id: UserId, now: datetime) -> None:
        self._rows[user_id, blocked_id] = now

    def remove(self, user_id: UserId, blocked_id: UserId) -> bool:
        return self._rows.pop((user_id, blocked_id), None) is not None


class _Blocked(NamedTuple):
    id: str
    since: datetime


class FakeBlockReader:
    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def has(self, user_id: UserId, blocked_id: UserId) -> bool:
        return (user_id, blocked_id) in self._storage.rows.blocks

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[BlockView]:
        rows = self._storage.rows.blocks.items()
        found = [_Blocked(id_, since) for (whose, id_), since in rows if whose == user_id]
        page = page_of(found, request, lambda one: one.since)
        return Page([BlockView(self._user(one.id), one.since) for one in page.items], page.next)

    def _user(self, user_id: str) -> PublicUser:
        user = self._storage.account_reader.user(user_id)
        channel = ChannelRef(user.channel.id, user.channel.title)
        return PublicUser(user.id, user.display_name, channel)
