"""Blocking, unblocking, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.entities import make_channel, make_user
from tests.fakes.simple import FakeClock
from tests.fakes.storage import FakeStorage
from videohub_core.accounts.errors import NoSuchUser, NotYourself
from videohub_core.blocks.entities import BLOCKED_MOST
from videohub_core.blocks.errors import TooManyBlocks
from videohub_core.blocks.use_cases.block_user import BlockUser
from videohub_core.blocks.use_cases.has_blocked import HasBlocked
from videohub_core.blocks.use_cases.list_blocked import ListBlocked
from videohub_core.blocks.use_cases.unblock_user import UnblockUser
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import Unauthenticated
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import PageRequest

NOBODY = UserId("0" * 16)


class Lists:
    """Members, and what they do about each other."""

    def __init__(self, storage: FakeStorage, clock: FakeClock) -> None:
        self._storage = storage
        self._clock = clock

    def member(self) -> Actor:
        user = make_user()
        with self._storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(make_channel(user))
            uow.commit()
        return Actor(user.id)

    def fill(self, actor: Actor, count: int) -> None:
        for number in range(count):
            self._storage.rows.blocks[actor.id, f"gone{number:012}"] = self._clock.now()

    def block(self, actor: Actor, user_id: UserId) -> None:
        BlockUser(self._storage.uow(), self._clock)(actor=actor, user_id=user_id)

    def unblock(self, actor: Actor, user_id: UserId) -> None:
        UnblockUser(self._storage.uow())(actor=actor, user_id=user_id)

    def has(self, actor: Actor, user_id: UserId) -> bool:
        return HasBlocked(self._storage.block_reader)(actor=actor, user_id=user_id)

    def of(self, actor: Actor) -> list[UserId]:
        page = ListBlocked(self._storage.block_reader)(actor=actor, page=PageRequest())
        return [one.user.id for one in page.items]


@pytest.fixture
def lists(fake_storage: FakeStorage, clock: FakeClock) -> Lists:
    return Lists(fake_storage, clock)


def test_who_is_blocked_is_on_a_list_of_one(lists: Lists, clock: FakeClock) -> None:
    anna, boris, clara = lists.member(), lists.member(), lists.member()
    for other in (boris, clara, boris):
        clock.pass_(timedelta(seconds=1))
        lists.block(anna, other.id)
    assert lists.of(anna) == [clara.id, boris.id], "blocking again changes nothing"
    assert lists.has(anna, boris.id)
    assert not lists.has(boris, anna.id)
    assert lists.of(boris) == []
    for _ in range(2):
        lists.unblock(anna, boris.id)
    assert lists.of(anna) == [clara.id]


def test_nobody_blocks_themselves_or_who_is_not_there(lists: Lists) -> None:
    anna = lists.member()
    with pytest.raises(NotYourself):
        lists.block(anna, anna.id)
    with pytest.raises(NoSuchUser):
        lists.block(anna, NOBODY)
    with pytest.raises(NoSuchUser):
        lists.unblock(anna, NOBODY)
    with pytest.raises(Unauthenticated):
        lists.block(Actor(NOBODY), anna.id)
    lists.unblock(anna, anna.id)


def test_a_list_has_an_end(lists: Lists) -> None:
    anna, boris, clara = lists.member(), lists.member(), lists.member()
    lists.fill(anna, BLOCKED_MOST - 1)
    lists.block(anna, boris.id)
    lists.block(anna, boris.id)
    with pytest.raises(TooManyBlocks):
        lists.block(anna, clara.id)
    lists.block(clara, anna.id)
    lists.unblock(anna, boris.id)
    lists.block(anna, clara.id)
