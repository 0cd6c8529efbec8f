"""What block lists promise, and what they hide, whatever is below."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from tests.conformance.test_comments import Talk
from tests.conformance.test_people_storage import all_of, member
from tests.conftest import SqlStorage
from tests.fakes.simple import FakeClock, FakeIds
from videohub_core.accounts.events import UserLeft
from videohub_core.blocks.errors import TooManyBlocks
from videohub_core.blocks.use_cases import block_user
from videohub_core.blocks.use_cases.block_user import BlockUser
from videohub_core.blocks.use_cases.unblock_user import UnblockUser
from videohub_core.comments.ports import CommentSort
from videohub_core.shared.actor import Actor
from videohub_core.shared.paging import PageRequest


def block(storage: Any, clock: FakeClock, actor: Actor, other: Actor) -> None:
    BlockUser(storage.uow(), clock)(actor=actor, user_id=other.id)


def test_blocked_people_are_listed_the_last_first(storage: Any, clock: FakeClock) -> None:
    anna, _ = member(storage)
    others = [member(storage) for _ in range(5)]
    for number, (other, _) in enumerate(others):
        clock.pass_(timedelta(seconds=number % 2))
        block(storage, clock, anna, other)
        block(storage, clock, other, anna)
    reader = storage.block_reader
    found = all_of(lambda page: reader.of_user(anna.id, page))
    order = [(one.since, one.user.id) for one in found]
    assert order == sorted(order, reverse=True)
    assert {one.user.id for one in found} == {other.id for other, _ in others}
    names = {one.user.id: one.user.channel for one in found}
    for other, channel in others:
        assert names[other.id] == (channel.id, channel.title)


def test_a_block_is_one_way_and_keeps_its_time(storage: Any, clock: FakeClock) -> None:
    (anna, _), (boris, _) = member(storage), member(storage)
    since = clock.now()
    for _ in range(2):
        block(storage, clock, anna, boris)
        clock.pass_(timedelta(seconds=1))
    reader = storage.block_reader
    (found,) = reader.of_user(anna.id, PageRequest()).items
    assert found.since == since
    assert (reader.has(anna.id, boris.id), reader.has(boris.id, anna.id)) == (True, False)
    for _ in range(2):
        UnblockUser(storage.uow())(actor=anna, user_id=boris.id)
    assert reader.of_user(anna.id, PageRequest()).items == []
    assert not reader.has(anna.id, boris.id)


def test_blocks_go_with_either_account(storage: Any, clock: FakeClock) -> None:
    anna, boris, clara = (member(storage)[0] for _ in range(3))
    for actor, other in ((anna, boris), (boris, clara), (clara, anna)):
        block(storage, clock, actor, other)
    with storage.uow() as uow:
        user = uow.users.get(boris.id)
        user.record(UserLeft(boris.id, boris.id))
        uow.commit()
    reader = storage.block_reader
    assert reader.of_user(anna.id, PageRequest()).items == []
    assert not reader.has(boris.id, clara.id)
    assert reader.has(clara.id, anna.id)


@pytest.mark.parametrize("sort", CommentSort)
def test_comments_by_blocked_people_are_left_out_page_by_page(
    storage: Any, ids: FakeIds, clock: FakeClock, sort: CommentSort
) -> None:
    talk = Talk(storage, ids, clock)
    reader, clara = talk.member(), talk.member()
    speakers = (talk.anna, talk.boris, talk.boris, clara, talk.boris)
    said = [(actor, talk.say(actor)) for actor in speakers * 3]
    answered = said[0][1]
    replies = [(actor, talk.say(actor, reply_to=answered)) for actor in speakers]
    block(storage, clock, reader, talk.boris)
    block(storage, clock, talk.boris, talk.anna)

    def read(actor: Actor | None, limit: int, **given: Any) -> list[str]:
        found = all_of(lambda page: talk.listed(page, actor=actor, sort=sort, **given), limit)
        return [one.id for one in found]

    def without(actor: Actor | None, of: list[Any]) -> list[str]:
        shown = [id_ for who, id_ in of if who is not actor]
        return shown if sort is CommentSort.OLDEST else shown[::-1]

    for limit in (1, 2, 100):
        for given, of in (({}, said), ({"reply_to": answered}, replies)):
            assert read(reader, limit, **given) == without(talk.boris, of)
            assert read(talk.boris, limit, **given) == without(talk.anna, of)
            for other in (None, talk.anna, clara):
                assert read(other, limit, **given) == without(None, of)


def test_what_has_no_author_stays_for_who_has_blocked_people(
    storage: Any, ids: FakeIds, clock: FakeClock
) -> None:
    talk = Talk(storage, ids, clock)
    reader = talk.member()
    block(storage, clock, reader, talk.boris)
    root = talk.say(talk.anna)
    reply = talk.say(talk.anna, reply_to=root)
    talk.delete(talk.anna, root)
    assert [one.id for one in talk.listed(actor=reader).items] == [root]
    replies = talk.listed(actor=reader, reply_to=root)
    assert [one.id for one in replies.items] == [reply]


def test_lists_keep_their_end_whoever_comes_at_the_same_time(
    sql_storage: SqlStorage, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block_user, "BLOCKED_MOST", 3)
    everyone = [member(sql_storage)[0] for _ in range(6)]
    refused: list[Any] = []
    failed: list[BaseException] = []

    def act(actor: Actor, other: Actor) -> None:
        try:
            block(sql_storage, clock, actor, other)
        except TooManyBlocks:
            refused.append(actor.id)
        except BaseException as error:
            failed.append(error)

    # Everybody everybody: many lock each other, from either side.
    pairs = [(one, other) for one in everyone for other in everyone if one is not other]
    threads = [Thread(target=act, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for actor in everyone:
        page = sql_storage.block_reader.of_user(actor.id, PageRequest())
        assert len(page.items) == 3
        assert refused.count(actor.id) == 2
