"""What likes, subscriptions and the feed promise, whatever is below."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from sqlalchemy import insert, select

from adapters.persistence.comments import comments
from adapters.persistence.video_rows import videos as video_rows
from tests.conftest import SqlStorage
from tests.factories.entities import NOW, make_channel, make_user, make_video
from tests.fakes.simple import FakeClock, FakeIds
from videohub_core.accounts.events import UserLeft
from videohub_core.comments.use_cases.add_comment import AddComment
from videohub_core.likes.ports import Like
from videohub_core.likes.use_cases.like_video import LikeVideo
from videohub_core.likes.use_cases.unlike_video import UnlikeVideo
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.subscriptions.entities import Bell
from videohub_core.subscriptions.errors import OwnChannel
from videohub_core.subscriptions.use_cases.follow_channel import FollowChannel
from videohub_core.subscriptions.use_cases.unfollow_channel import UnfollowChannel
from videohub_core.videos.entities import ProcessingState, Visibility
from videohub_core.videos.errors import NoSuchVideo
from videohub_core.videos.heat import PUBLISHED, warmth


def member(storage: Any, **fields: Any) -> tuple[Actor, Any]:
    """Return somebody and their channel."""
    user = make_user(**fields)
    channel = make_channel(user)
    with storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        uow.commit()
    return Actor(user.id, user.role), channel


def publish(storage: Any, channel: Any, **fields: Any) -> Any:
    at = fields.get("published_at", NOW)
    heat = at and warmth(at, PUBLISHED)
    ready = {"state": ProcessingState.READY, "published_at": at, "heat": heat}
    video = make_video(channel, **{**ready, **fields})
    with storage.uow() as uow:
        uow.videos.add(video)
        uow.commit()
    return video


def like(storage: Any, clock: FakeClock, actor: Actor, video: Any) -> None:
    LikeVideo(storage.uow(), clock)(actor=actor, video_id=video.id)


def unlike(storage: Any, actor: Actor, video: Any) -> None:
    UnlikeVideo(storage.uow())(actor=actor, video_id=video.id)


def follow(storage: Any, clock: FakeClock, actor: Actor, channel: Any, **bell: Bell) -> None:
    FollowChannel(storage.uow(), clock)(actor=actor, channel_id=channel.id, **bell)


def stored(storage: Any, video: Any) -> Any:
    with storage.uow() as uow:
        return uow.videos.get(video.id)


def all_of(read: Callable[[PageRequest], Page[Any]], limit: int = 2) -> list[Any]:
    """Return the items of a list, page by page."""
    found: list[Any] = []
    request = PageRequest(limit)
    while True:
        page = read(request)
        assert len(page.items) <= limit
        found += page.items
        if page.next is None:
            return found
        request = PageRequest(limit, page.next)


def test_liking_twice_is_liking_once(storage: Any, clock: FakeClock) -> None:
    (owner, channel), (fan, _) = member(storage), member(storage)
    video = publish(storage, channel)
    for _ in range(2):
        like(storage, clock, fan, video)
    like(storage, clock, owner, video)
    found = stored(storage, video)
    assert found.likes == storage.video_reader.get(video.id).likes == 2
    assert found.heat > video.heat
    assert storage.like_reader.liked(fan.id, [video.id, "nothing"]) == {video.id}
    for actor in (fan, owner, owner):
        unlike(storage, actor, video)
    found = stored(storage, video)
    assert found.likes == 0
    assert found.heat == pytest.approx(video.heat)
    assert storage.like_reader.liked(fan.id, [video.id]) == frozenset()


def test_what_is_hidden_cannot_be_liked(storage: Any, clock: FakeClock) -> None:
    (owner, channel), (fan, _) = member(storage), member(storage)
    video = publish(
        storage, channel, visibility=Visibility.PRIVATE, published_at=None, heat=None
    )
    with pytest.raises(NoSuchVideo):
        like(storage, clock, fan, video)
    like(storage, clock, owner, video)
    unlike(storage, owner, video)
    assert stored(storage, video).heat is None


def test_liked_videos_are_those_that_may_be_seen(storage: Any, clock: FakeClock) -> None:
    (owner, channel), (fan, _) = member(storage), member(storage)
    admin, _ = member(storage, role=Role.ADMIN)
    _, withheld = member(storage)
    shown = [publish(storage, channel) for _ in range(4)]
    unlisted = publish(storage, channel, visibility=Visibility.UNLISTED)
    private, failed = publish(storage, channel), publish(storage, channel)
    of_banned = publish(storage, withheld)
    for video in (*shown, unlisted, private, failed, of_banned):
        clock.pass_(timedelta(seconds=1))
        for actor in (fan, owner, admin):
            like(storage, clock, actor, video)
    with storage.uow() as uow:
        uow.videos.get(private.id).visibility = Visibility.PRIVATE
        uow.videos.get(failed.id).state = ProcessingState.FAILED
        uow.channels.get(withheld.id).withhold(None)
        uow.commit()

    def ids(actor: Actor) -> list[str]:
        return [v.id for v in all_of(lambda page: storage.like_reader.videos(actor, page))]

    everything = [video.id for video in (failed, private, unlisted, *reversed(shown))]
    assert ids(fan) == everything[2:]
    assert ids(owner) == ids(admin) == everything
    kept = all_of(lambda page: storage.like_reader.of_user(fan.id, page))
    assert [one.video_id for one in kept] == [of_banned.id, *everything]
    assert kept[0] == Like(of_banned.id, clock.now())


def test_a_subscription_is_one_and_keeps_its_bell(storage: Any, clock: FakeClock) -> None:
    (owner, channel), (fan, other) = member(storage), member(storage)
    reader = storage.subscription_reader
    follow(storage, clock, fan, channel)
    assert reader.bells(fan.id, [channel.id, other.id]) == {channel.id: Bell.ALL}
    since = clock.now()
    clock.pass_(timedelta(seconds=1))
    follow(storage, clock, fan, channel, bell=Bell.NONE)
    follow(storage, clock, fan, channel)
    (found,) = reader.of_user(fan.id, PageRequest()).items
    assert (found.channel.id, found.bell, found.since) == (channel.id, Bell.NONE, since)
    assert found.channel.title == channel.title
    assert storage.channel_reader.get(channel.id).subscribers == 1
    with pytest.raises(OwnChannel):
        follow(storage, clock, owner, channel)
    for _ in range(2):
        UnfollowChannel(storage.uow())(actor=fan, channel_id=channel.id)
    assert storage.channel_reader.get(channel.id).subscribers == 0
    assert reader.of_user(fan.id, PageRequest()).items == []


def test_subscriptions_are_listed_the_last_first(storage: Any, clock: FakeClock) -> None:
    fan, _ = member(storage)
    channels = [member(storage)[1] for _ in range(5)]
    for number, channel in enumerate(channels):
        clock.pass_(timedelta(seconds=number % 2))
        follow(storage, clock, fan, channel)
    found = all_of(lambda page: storage.subscription_reader.of_user(fan.id, page))
    order = [(one.since, one.channel.id) for one in found]
    assert order == sorted(order, reverse=True)
    assert len(order) == 5


def test_who_leaves_takes_likes_and_subscriptions_along(storage: Any, clock: FakeClock) -> None:
    (owner, channel), (fan, of_fan), (other, _) = (member(storage) for _ in range(3))
    video, of_leaver = publish(storage, channel), publish(storage, of_fan)
    for actor in (fan, other):
        like(storage, clock, actor, video)
        follow(storage, clock, actor, channel)
    like(storage, clock, owner, of_leaver)
    follow(storage, clock, owner, of_fan)
    once = stored(storage, video).heat
    with storage.uow() as uow:
        user = uow.users.get(fan.id)
        user.record(UserLeft(fan.id, fan.id))
        uow.commit()
    found = stored(storage, video)
    assert found.likes == 1
    assert video.heat < found.heat < once
    assert storage.channel_reader.get(channel.id).subscribers == 1
    assert storage.like_reader.of_user(owner.id, PageRequest()).items == []
    assert storage.subscription_reader.of_user(owner.id, PageRequest()).items == []


@pytest.mark.parametrize("seed", range(6))
def test_the_feed_is_what_a_plain_reading_finds(
    storage: Any, clock: FakeClock, seed: int
) -> None:
    chance = random.Random(seed)
    fan, own = member(storage)
    channels = [own, *(member(storage)[1] for _ in range(6))]
    followed = chance.sample(channels[1:], 4)
    for channel in followed:
        follow(storage, clock, fan, channel)
    videos = []
    for _ in range(40):
        videos.append(
            publish(
                storage,
                # Some have many, and many are of the same time.
                chance.choice([*channels, channels[1], channels[2]]),
                published_at=NOW + timedelta(seconds=chance.randrange(12)),
                visibility=chance.choice([Visibility.PUBLIC] * 4 + [Visibility.UNLISTED]),
            )
        )
    withheld = followed[0]
    with storage.uow() as uow:
        uow.channels.get(withheld.id).withhold(clock.now() + timedelta(days=1))
        uow.channels.get(followed[1].id).withhold(clock.now())
        uow.commit()
    expected = sorted(
        (
            (video.published_at, video.id)
            for video in videos
            if video.visibility is Visibility.PUBLIC
            and video.channel_id in {channel.id for channel in followed[1:]}
        ),
        reverse=True,
    )
    for limit in (1, 3, 100):
        found = all_of(lambda page: storage.subscription_reader.feed(fan.id, page), limit)
        assert [(video.published_at, video.id) for video in found] == expected


def test_counters_are_exact_whoever_comes_at_the_same_time(
    sql_storage: SqlStorage, clock: FakeClock
) -> None:
    (_, channel), (fan, _) = member(sql_storage), member(sql_storage)
    video = publish(sql_storage, channel)
    members = [member(sql_storage)[0] for _ in range(14)]
    failed: list[BaseException] = []

    def act(actor: Actor, keeps: bool) -> None:
        try:
            like(sql_storage, clock, actor, video)
            follow(sql_storage, clock, actor, channel)
            if not keeps:
                unlike(sql_storage, actor, video)
                UnfollowChannel(sql_storage.uow())(actor=actor, channel_id=channel.id)
        except BaseException as error:
            failed.append(error)

    # Two do the same at the same time.
    everyone = [
        *((one, number % 3 > 0) for number, one in enumerate(members)),
        *[(fan, True)] * 2,
    ]
    threads = [Thread(target=act, args=given) for given in everyone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    keeping = 1 + sum(number % 3 > 0 for number in range(len(members)))
    liked = [sql_storage.like_reader.liked(one.id, [video.id]) for one in (*members, fan)]
    assert stored(sql_storage, video).likes == keeping == sum(map(len, liked))
    assert sql_storage.channel_reader.get(channel.id).subscribers == keeping


def leave(storage: Any, actor: Actor) -> None:
    with storage.uow() as uow:
        user = uow.users.get(actor.id)
        user.record(UserLeft(actor.id, actor.id))
        uow.commit()


def test_whoever_said_much_leaves_quickly(sql_storage: SqlStorage) -> None:
    """In time that grows with what they said, whatever statistics the database has."""
    storage = sql_storage
    _, channel = member(storage)
    talkative, _ = member(storage)
    video = publish(storage, channel)
    with storage.database.writer.begin() as connection:
        row = connection.execute(select(video_rows).where(video_rows.c.id == video.id)).one()
        copies = [f"copy{number:012}" for number in range(10_000)]
        like_it = {**row._mapping, "comments": 2}
        connection.execute(insert(video_rows), [{**like_it, "id": id_} for id_ in copies])
        said = {"user_id": talkative.id, "text": "Да", "created": NOW}
        connection.execute(
            insert(comments),
            [
                {**said, "id": f"said{id_[4:]}", "video_id": id_, "thread": id_}
                for id_ in copies
            ],
        )
    began = time.monotonic()
    leave(storage, talkative)
    # Quadratic, it took fourteen times as long.
    assert time.monotonic() - began < 10
    with storage.database.reading() as connection:
        counts = select(video_rows.c.comments).where(
            video_rows.c.id.in_([copies[0], copies[-1]])
        )
        assert connection.scalars(counts).all() == [1, 1]


def test_two_who_leave_do_not_wait_in_a_circle(
    postgres_storage: SqlStorage, clock: FakeClock, ids: FakeIds
) -> None:
    storage = postgres_storage
    _, channel = member(storage)
    one, other = publish(storage, channel), publish(storage, channel)
    leavers = [member(storage)[0] for _ in range(2)]
    for leaver, liked, said in zip(leavers, (one, other), (other, one), strict=True):
        like(storage, clock, leaver, liked)
        AddComment(storage.uow(), ids, clock)(actor=leaver, video_id=said.id, text="Да")
    both = Barrier(2, timeout=2)

    def leave_slowly(leaver: Actor) -> None:
        with storage.uow() as uow:
            remove = uow.likes.remove_of

            def removed(user_id: Any) -> None:
                remove(user_id)
                # Each has changed what the other one is to change next, if nothing prevents it.
                with contextlib.suppress(BrokenBarrierError):
                    both.wait()

            uow.likes.remove_of = removed  # type: ignore[method-assign]
            user = uow.users.get(leaver.id)
            assert user is not None
            user.record(UserLeft(leaver.id, leaver.id))
            uow.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(leave_slowly, leavers))
    for video in (one, other):
        found = stored(storage, video)
        assert (found.likes, found.comments) == (0, 0)
