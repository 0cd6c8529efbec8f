"""What rooms and messages promise, on every database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from adapters.chat.message_log import WritingMessageLog
from adapters.persistence.block_rows import blocks
from tests.conformance.test_people_storage import all_of, member, publish
from tests.conftest import SqlStorage
from tests.factories.entities import NOW
from tests.fakes.simple import FakeClock, FakeIds
from videohub_core.accounts.errors import AccountBanned
from videohub_core.accounts.events import UserLeft
from videohub_core.chat.entities import Restriction, RoomKind, RoomRole
from videohub_core.chat.errors import (
    BannedFromRoom,
    Blocked,
    Busy,
    MutedInRoom,
    NoSuchMessage,
    NoSuchRoom,
    NotAMember,
    NotRoomModerator,
    NotYourMessage,
    OwnerStays,
    TooSoon,
)
from videohub_core.chat.ports import MessageView, Post, Posted
from videohub_core.chat.use_cases.change_room import ChangeRoom
from videohub_core.chat.use_cases.create_group import CreateGroup
from videohub_core.chat.use_cases.delete_message import DeleteMessage
from videohub_core.chat.use_cases.delete_room import DeleteRoom
from videohub_core.chat.use_cases.edit_message import EditMessage
from videohub_core.chat.use_cases.list_rooms import ListRooms
from videohub_core.chat.use_cases.mark_read import MarkRead
from videohub_core.chat.use_cases.open_private_room import OpenPrivateRoom
from videohub_core.chat.use_cases.post_message import PostMessage
from videohub_core.chat.use_cases.put_member import PutMember
from videohub_core.chat.use_cases.read_messages import ReadMessages
from videohub_core.chat.use_cases.read_room import ReadRoom
from videohub_core.chat.use_cases.remove_member import RemoveMember
from videohub_core.chat.use_cases.restrict_user import FOR_GOOD, RestrictUser
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.errors import InvalidInput, Unauthenticated, Unavailable
from videohub_core.shared.ids import RoomId
from videohub_core.videos.entities import Visibility


class Talk:
    """Some members and what they do in rooms."""

    def __init__(self, storage: SqlStorage, clock: FakeClock, ids: FakeIds) -> None:
        self.storage = storage
        self.clock = clock
        self.ids = ids
        self.anna, self.channel = member(storage)
        self.boris, _ = member(storage, display_name="Борис")
        self.vera, _ = member(storage)
        self.log = WritingMessageLog(storage.post_store)
        self.hints: list[Hint] = []
        storage.bus.subscribe(self.hints.append, lambda: None)

    def pair(self, one: Actor | None = None, other: Actor | None = None) -> RoomId:
        opens = OpenPrivateRoom(self.storage.uow(), self.ids, self.clock)
        return opens(actor=one or self.anna, user_id=(other or self.boris).id).id

    def group(self, *others: Actor) -> RoomId:
        creates = CreateGroup(self.storage.uow(), self.ids, self.clock)
        made = creates(actor=self.anna, title="Узлы", member_ids=[one.id for one in others])
        return RoomId(made.id)

    def video(self, **fields: Any) -> RoomId:
        return RoomId(publish(self.storage, self.channel, **fields).id)

    def say(self, actor: Actor, room_id: RoomId, text: str = "Привет", **more: Any) -> Posted:
        return PostMessage(self.log)(actor=actor, room_id=room_id, text=text, **more)

    def look(self, actor: Actor | None, room_id: RoomId) -> Any:
        return ReadRoom(self.storage.room_reader, self.clock)(actor=actor, room_id=room_id)

    def said(self, actor: Actor | None, room_id: RoomId) -> list[tuple[int, str]]:
        room = self.look(actor, room_id)
        found = ReadMessages(self.storage.message_reader).latest(room=room, limit=100)
        return [(one.index, one.text) for one in found]

    def put(self, actor: Actor, room_id: RoomId, whom: Actor, *role: RoomRole) -> bool:
        puts = PutMember(self.storage.uow(), self.clock)
        return puts(
            actor=actor, room_id=room_id, user_id=whom.id, role=role[0] if role else None
        )

    def remove(self, actor: Actor, room_id: RoomId, whom: Actor) -> None:
        RemoveMember(self.storage.uow())(actor=actor, room_id=room_id, user_id=whom.id)

    def restrict(
        self, actor: Actor, room_id: RoomId, whom: Actor, what: Restriction, until: Any
    ) -> None:
        RestrictUser(self.storage.uow())(
            actor=actor, room_id=room_id, user_id=whom.id, restriction=what, until=until
        )

    def block(self, one: Actor, other: Actor) -> None:
        row = {"user_id": one.id, "blocked_id": other.id, "since": NOW}
        with self.storage.database.writer.begin() as connection:
            connection.execute(insert(blocks).values(row))

    def leave_hub(self, actor: Actor) -> None:
        with self.storage.uow() as uow:
            user = uow.users.get(actor.id)
            user.record(UserLeft(actor.id, actor.id))
            uow.commit()

    def change(self, user: Actor, **fields: Any) -> None:
        with self.storage.uow() as uow:
            found = uow.users.get(user.id)
            for name, value in fields.items():
                setattr(found, name, value)
            uow.commit()


@pytest.fixture
def talk(sql_storage: SqlStorage, clock: FakeClock, ids: FakeIds) -> Talk:
    return Talk(sql_storage, clock, ids)


def test_a_pair_has_one_room_whoever_asks(talk: Talk) -> None:
    room_id = talk.pair()
    assert talk.pair(talk.boris, talk.anna) == room_id
    room = talk.look(talk.anna, room_id)
    assert (room.kind, room.members, room.other.id) == (RoomKind.PRIVATE, 2, talk.boris.id)
    assert talk.look(talk.boris, room_id).other.id == talk.anna.id
    with pytest.raises(NoSuchRoom):
        talk.look(talk.vera, room_id)
    with pytest.raises(NoSuchRoom):
        talk.look(None, room_id)


def test_both_may_ask_at_once(talk: Talk) -> None:
    with ThreadPoolExecutor(8) as pool:
        asks = [(talk.anna, talk.boris), (talk.boris, talk.anna)] * 4
        rooms = list(pool.map(lambda pair: talk.pair(*pair), asks))
    assert len(set(rooms)) == 1
    assert talk.look(talk.anna, rooms[0]).members == 2


def test_messages_are_numbered_from_one(talk: Talk) -> None:
    room_id = talk.pair()
    posted = [talk.say(talk.anna, room_id, f"слово {n}") for n in range(3)]
    assert [one.index for one in posted] == [1, 2, 3]
    assert talk.said(talk.boris, room_id) == [(n + 1, f"слово {n}") for n in range(3)]
    room = talk.look(talk.boris, room_id)
    assert (room.last_index, room.unread, room.last_message.text) == (3, 3, "слово 2")
    assert talk.look(talk.anna, room_id).unread == 0


def test_the_same_client_id_says_it_once(talk: Talk) -> None:
    room_id = talk.pair()
    first = talk.say(talk.anna, room_id, client_id="a")
    again = talk.say(talk.anna, room_id, "другое", client_id="a")
    assert (again.index, again.at, again.is_new) == (first.index, first.at, False)
    # Another author, and another room, have names of their own.
    assert talk.say(talk.boris, room_id, client_id="a").index == 2
    assert talk.say(talk.anna, talk.group(), client_id="a").index == 1
    assert len(talk.said(talk.anna, room_id)) == 2


def test_a_batch_judges_each_by_itself(talk: Talk) -> None:
    room_id, hidden = talk.pair(), talk.pair(talk.boris, talk.vera)
    posts = [
        Post(room_id, talk.anna, "раз", "a"),
        Post(hidden, talk.anna, "чужое"),
        Post(room_id, talk.boris, "два", reply_to=1),
        Post(room_id, talk.anna, "раз", "a"),
        Post(room_id, talk.anna, "нет", reply_to=9),
        Post(RoomId("none" * 4), talk.anna, "никуда"),
        Post(hidden, talk.vera, "три"),
    ]
    outcomes, new = talk.storage.post_store.store(posts)
    kinds = [type(one) for one in outcomes]
    assert kinds == [Posted, NoSuchRoom, Posted, Posted, InvalidInput, NoSuchRoom, Posted]
    assert [(one.room_id, one.index, one.text) for one in new] == [
        (room_id, 1, "раз"),
        (room_id, 2, "два"),
        (hidden, 1, "три"),
    ]
    assert outcomes[3].index == 1
    hinted = {(hint.key, hint.version) for hint in talk.hints}
    assert {(room_id, 2), (hidden, 1)} <= hinted


def test_many_at_once_leave_no_gap(talk: Talk) -> None:
    room_id = talk.group(talk.boris, talk.vera)
    heard: list[MessageView] = []
    talk.log.follow(heard.extend)
    talk.log.start()
    try:
        with ThreadPoolExecutor(16) as pool:
            people = [talk.anna, talk.boris, talk.vera] * 40
            posted = list(
                pool.map(
                    lambda n: talk.say(people[n], room_id, str(n), client_id=str(n)),
                    range(len(people)),
                )
            )
    finally:
        talk.log.close()
    assert sorted(one.index for one in posted) == list(range(1, 121))
    assert [one.index for one in heard] == list(range(1, 121))
    said = dict(talk.said(talk.anna, room_id))
    assert all(said[one.index] == str(n) for n, one in enumerate(posted) if one.index > 20)


def test_two_writers_number_one_room(talk: Talk) -> None:
    room_id = talk.pair()
    logs = [WritingMessageLog(talk.storage.post_store) for _ in range(2)]
    for log in logs:
        log.start()
    futures = [
        logs[n % 2].submit(Post(room_id, (talk.anna, talk.boris)[n % 2], str(n)))
        for n in range(60)
    ]
    indexes = sorted(future.result(20).index for future in futures)
    for log in logs:
        log.close()
    assert indexes == list(range(1, 61))


def test_who_may_talk(talk: Talk) -> None:
    pair, group = talk.pair(), talk.group(talk.boris)
    public, unlisted = talk.video(), talk.video(visibility=Visibility.UNLISTED)
    private = talk.video(visibility=Visibility.PRIVATE)
    admin, _ = member(talk.storage, role=Role.ADMIN)
    for room_id in (pair, group, private):
        with pytest.raises(NoSuchRoom):
            talk.say(talk.vera, room_id)
    # Admins may look at what is reported to them.
    for room_id in (pair, group):
        with pytest.raises(NotAMember):
            talk.say(admin, room_id)
    for room_id in (public, unlisted):
        assert talk.look(None, room_id).last_index == 0
        assert talk.say(talk.vera, room_id).index == 1
        assert talk.said(None, room_id) == [(1, "Привет")]
    with pytest.raises(Unauthenticated):
        talk.say(Actor(talk.anna.id[:-1] + "?"), public)  # type: ignore[arg-type]


def test_a_banned_member_says_nothing(talk: Talk) -> None:
    room_id = talk.pair()
    talk.change(talk.anna, is_banned=True, ban_reason="Спам")
    with pytest.raises(AccountBanned):
        talk.say(talk.anna, room_id)
    talk.change(talk.anna, banned_until=NOW - timedelta(days=1))
    assert talk.say(talk.anna, room_id).index == 1


def test_who_is_blocked_writes_to_nobody(talk: Talk) -> None:
    room_id = talk.pair()
    talk.block(talk.boris, talk.anna)
    for one in (talk.anna, talk.boris):
        with pytest.raises(Blocked):
            talk.say(one, room_id)
    # What was said can still be read.
    assert talk.look(talk.anna, room_id).place.is_blocked
    talk.block(talk.vera, talk.anna)
    with pytest.raises(Blocked):
        talk.pair(talk.anna, talk.vera)
    with pytest.raises(Blocked):
        talk.group(talk.vera)


def test_edits_and_deletions_keep_the_place(talk: Talk) -> None:
    room_id = talk.group(talk.boris)
    for n in range(3):
        talk.say(talk.boris, room_id, str(n))
    edit = EditMessage(talk.storage.uow(), talk.clock)
    delete = DeleteMessage(talk.storage.uow(), talk.clock)
    edit(actor=talk.boris, room_id=room_id, index=1, text="иначе")
    with pytest.raises(NotYourMessage):
        edit(actor=talk.anna, room_id=room_id, index=1, text="чужое")
    delete(actor=talk.anna, room_id=room_id, index=2)
    assert talk.said(talk.anna, room_id) == [(1, "иначе"), (2, ""), (3, "2")]
    with pytest.raises(NoSuchMessage):
        edit(actor=talk.boris, room_id=room_id, index=2, text="снова")
    with pytest.raises(NoSuchMessage):
        delete(actor=talk.anna, room_id=room_id, index=9)
    changed = talk.storage.message_reader.changed(room_id, 0, 10, 10)
    assert [(one.index, one.revision, one.deleted) for one in changed] == [
        (1, 1, False),
        (2, 2, True),
    ]
    assert talk.look(talk.anna, room_id).revision == 2


def test_history_around_an_index(talk: Talk) -> None:
    room_id = talk.pair()
    for n in range(1, 31):
        talk.say(talk.anna, room_id, str(n))
    room, reads = talk.look(talk.anna, room_id), ReadMessages(talk.storage.message_reader)
    cases: list[tuple[Any, list[int]]] = [
        (reads.latest(room=room, limit=3), [28, 29, 30]),
        (reads.before(room=room, index=4, limit=10), [1, 2, 3]),
        (reads.after(room=room, index=28, limit=10), [29, 30]),
        (reads.around(room=room, index=15, limit=5), [13, 14, 15, 16, 17]),
        (reads.around(room=room, index=1, limit=4), [1, 2, 3, 4]),
    ]
    for found, expected in cases:
        assert [one.index for one in found] == expected


def test_reading_never_goes_back(talk: Talk) -> None:
    room_id = talk.pair()
    for _ in range(5):
        talk.say(talk.anna, room_id)
    mark = MarkRead(talk.log)
    assert mark(actor=talk.boris, room_id=room_id, index=3) == 3
    assert mark(actor=talk.boris, room_id=room_id, index=1) == 3
    assert talk.look(talk.boris, room_id).unread == 2
    assert mark(actor=talk.boris, room_id=room_id, index=99) == 5
    assert talk.look(talk.boris, room_id).unread == 0
    assert Hint(Topic.READ, room_id, talk.boris.id, 3) in talk.hints
    with pytest.raises(NoSuchRoom):
        mark(actor=talk.vera, room_id=room_id, index=1)


def test_my_rooms_are_freshest_first(talk: Talk) -> None:
    rooms = [talk.pair(), talk.group(talk.boris), talk.pair(talk.vera, talk.anna)]
    talk.say(talk.boris, talk.video())
    for room_id in (rooms[2], rooms[0], rooms[1], rooms[2]):
        talk.clock.pass_(timedelta(seconds=1))
        talk.say(talk.anna, room_id)
    lists = ListRooms(talk.storage.room_reader)
    found = all_of(lambda page: lists(actor=talk.anna, page=page))
    assert [room.id for room in found] == [rooms[2], rooms[1], rooms[0]]
    assert [room.last_index for room in found] == [2, 1, 1]


def test_a_group_is_governed_by_rank(talk: Talk) -> None:
    room_id = talk.group(talk.boris)
    with pytest.raises(NotRoomModerator):
        talk.put(talk.boris, room_id, talk.vera)
    talk.say(talk.anna, room_id)
    assert talk.put(talk.anna, room_id, talk.vera)
    assert talk.look(talk.vera, room_id).unread == 0
    assert not talk.put(talk.anna, room_id, talk.vera)
    talk.put(talk.anna, room_id, talk.boris, RoomRole.MODERATOR)
    with pytest.raises(NotRoomModerator):
        talk.put(talk.boris, room_id, talk.vera, RoomRole.MODERATOR)
    with pytest.raises(NotRoomModerator):
        talk.remove(talk.boris, room_id, talk.anna)
    with pytest.raises(OwnerStays):
        talk.remove(talk.anna, room_id, talk.anna)
    talk.put(talk.anna, room_id, talk.boris, RoomRole.OWNER)
    assert talk.look(talk.anna, room_id).place.role is RoomRole.MODERATOR
    talk.remove(talk.boris, room_id, talk.anna)
    talk.remove(talk.vera, room_id, talk.vera)
    with pytest.raises(NoSuchRoom):
        talk.look(talk.anna, room_id)
    assert talk.look(talk.boris, room_id).members == 1
    talk.remove(talk.boris, room_id, talk.boris)
    with pytest.raises(NoSuchRoom):
        talk.look(talk.boris, room_id)


def test_mutes_bans_and_slow_mode(talk: Talk) -> None:
    room_id = talk.video()
    talk.restrict(talk.anna, room_id, talk.vera, Restriction.MUTE, FOR_GOOD)
    with pytest.raises(MutedInRoom):
        talk.say(talk.vera, room_id)
    talk.restrict(talk.anna, room_id, talk.vera, Restriction.MUTE, None)
    assert talk.say(talk.vera, room_id).index == 1
    later = talk.clock.now() + timedelta(minutes=5)
    talk.restrict(talk.anna, room_id, talk.vera, Restriction.BAN, later)
    with pytest.raises(BannedFromRoom):
        talk.look(talk.vera, room_id)
    talk.clock.pass_(timedelta(minutes=6))
    assert talk.look(talk.vera, room_id).last_index == 1
    ChangeRoom(talk.storage.uow())(actor=talk.anna, room_id=room_id, slow_seconds=30)
    talk.say(talk.vera, room_id)
    with pytest.raises(TooSoon) as refused:
        talk.say(talk.vera, room_id)
    assert refused.value.retry_after == 30
    assert talk.say(talk.anna, room_id).index == talk.say(talk.anna, room_id).index - 1
    talk.clock.pass_(timedelta(seconds=30))
    assert talk.say(talk.vera, room_id).index == 5
    with pytest.raises(NotRoomModerator):
        talk.restrict(talk.boris, room_id, talk.vera, Restriction.MUTE, FOR_GOOD)
    moderator, _ = member(talk.storage, role=Role.MODERATOR)
    with pytest.raises(NotRoomModerator):
        talk.restrict(moderator, room_id, talk.anna, Restriction.MUTE, FOR_GOOD)


def test_whoever_is_kept_out_of_a_group_is_no_member(talk: Talk) -> None:
    room_id = talk.group(talk.boris)
    talk.restrict(talk.anna, room_id, talk.boris, Restriction.BAN, FOR_GOOD)
    with pytest.raises(NoSuchRoom):
        talk.look(talk.boris, room_id)
    with pytest.raises(BannedFromRoom):
        talk.put(talk.anna, room_id, talk.boris)
    talk.restrict(talk.anna, room_id, talk.boris, Restriction.BAN, None)
    assert talk.put(talk.anna, room_id, talk.boris)


def test_a_deleted_group_is_gone(talk: Talk) -> None:
    room_id = talk.group(talk.boris)
    talk.say(talk.anna, room_id)
    with pytest.raises(NotRoomModerator):
        DeleteRoom(talk.storage.uow())(actor=talk.boris, room_id=room_id)
    DeleteRoom(talk.storage.uow())(actor=talk.anna, room_id=room_id)
    with pytest.raises(NoSuchRoom):
        talk.look(talk.anna, room_id)
    assert talk.storage.room_reader.heads([room_id]) == {}


def test_whoever_leaves_the_hub_is_named_no_more(talk: Talk) -> None:
    pair, group, alone = talk.pair(), talk.group(talk.boris, talk.vera), talk.group()
    talk.put(talk.anna, group, talk.vera, RoomRole.MODERATOR)
    for room_id in (pair, group, alone):
        talk.say(talk.anna, room_id)
    talk.leave_hub(talk.anna)
    assert talk.said(talk.boris, pair) == [(1, "Привет")]
    room = talk.look(talk.boris, pair)
    assert (room.other, room.last_message.user, room.members) == (None, None, 1)
    assert talk.look(talk.vera, group).place.role is RoomRole.OWNER
    assert talk.storage.room_reader.heads([alone]) == {}
    # The room of two is over; what comes after is another one.
    talk.say(talk.boris, pair)


def test_a_video_takes_its_room_along(talk: Talk) -> None:
    room_id = talk.video()
    talk.say(talk.vera, room_id)
    with talk.storage.uow() as uow:
        uow.videos.remove(uow.videos.get(room_id))
        uow.commit()
    with pytest.raises(NoSuchRoom):
        talk.look(talk.anna, room_id)
    assert talk.storage.message_reader.one(room_id, 1) is None


class Failing:
    """A store that does not answer, or cannot take one of them."""

    def __init__(self, fails: Callable[[Any], Exception | None]) -> None:
        self._fails = fails
        self.calls: list[int] = []

    def store(self, said: Any) -> Any:
        self.calls.append(len(said))
        for one in said:
            if error := self._fails(one):
                raise error
        return [Posted(1, NOW, is_new=True) for _ in said], []


def test_one_that_cannot_be_stored_harms_no_other(talk: Talk) -> None:
    bad = Post(RoomId("r"), talk.anna, "плохо")
    store = Failing(lambda one: ValueError("no") if one is bad else None)
    log = WritingMessageLog(store)
    good = [log.submit(Post(RoomId("r"), talk.anna, "хорошо")) for _ in range(2)]
    assert [future.result(5).index for future in good] == [1, 1]
    with pytest.raises(ValueError, match="no"):
        log.submit(bad).result(5)


def test_what_waits_too_long_is_busy(talk: Talk) -> None:
    post = Post(RoomId("r"), talk.anna, "раз")
    log = WritingMessageLog(Failing(lambda _one: Unavailable()), waiting_most=0)
    log.start()
    with pytest.raises(Busy):
        log.submit(post)
    log.close()
    with pytest.raises(Unavailable):
        log.submit(post).result(5)
