"""A community at work, held against the plainest model of it.

Members upload, like, follow, comment and watch; some leave, some are banned, videos come and
go. After each act, what the hub shows is what a few sets say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from entrypoints.container import Container, build_container
from entrypoints.settings import Settings, make_settings
from tests.conftest import DEVELOPMENT
from tests.factories.entities import make_channel, make_user, make_video
from tests.fakes.simple import FakeClock
from tests.postgres import Postgres
from videohub_core.shared.actor import OPERATOR, Actor
from videohub_core.shared.errors import InvalidInput, NotAllowed, NotFound
from videohub_core.shared.paging import PAGE_LIMIT_MOST, PageRequest
from videohub_core.videos.entities import MediaKey, ProcessingState, Visibility
from videohub_core.videos.ports import VideoFilter, VideoSort

MEMBERS = range(4)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ONCE_IN = timedelta(hours=6)
ALL = PageRequest(limit=PAGE_LIMIT_MOST)

members = st.sampled_from(MEMBERS)
some = st.integers(0, 5)
visibilities = st.sampled_from(list(Visibility))


@dataclass
class Said:
    """A comment as the model has it."""

    author: int
    reply_to: str | None
    is_buried: bool = False


@dataclass
class Shown:
    """A video as the model has it."""

    owner: int
    visibility: Visibility
    is_hidden: bool = False
    likes: set[int] = field(default_factory=set)
    comments: dict[str, Said] = field(default_factory=dict)
    views: int = 0
    watched: dict[int, datetime] = field(default_factory=dict)

    def forget(self, comment_id: str) -> None:
        """Delete a comment; its place stays where replies hang."""
        said = self.comments[comment_id]
        if any(other.reply_to == comment_id for other in self.comments.values()):
            said.is_buried = True
            return
        del self.comments[comment_id]
        above = said.reply_to
        if above is not None and self.comments[above].is_buried:
            self.forget(above)


class Community(RuleBasedStateMachine):
    """The hub and the model, which both do what the rules say."""

    container: Container
    clock: FakeClock

    def __init__(self) -> None:
        super().__init__()
        self.container, self.clock = self.open_hub()
        self.users = [make_user() for _ in MEMBERS]
        self.channels = [make_channel(user) for user in self.users]
        with self.container.uow() as uow:
            for user, channel in zip(self.users, self.channels, strict=True):
                uow.users.add(user)
                uow.channels.add(channel)
            uow.commit()
        self.videos: dict[str, Shown] = {}
        self.follows: set[tuple[int, int]] = set()
        self.banned: set[int] = set()
        self.gone: set[int] = set()

    def open_hub(self) -> tuple[Container, FakeClock]:
        raise NotImplementedError

    def actor(self, who: int) -> Actor:
        return Actor(self.users[who].id)

    def acts(self, who: int) -> bool:
        """Tell whether the edge would let them in."""
        return who not in self.banned | self.gone

    def picked(self, number: int) -> str | None:
        return list(self.videos)[number % len(self.videos)] if self.videos else None

    def sees(self, who: int, video: Shown) -> bool:
        if who == video.owner:
            return True
        return video.visibility is not Visibility.PRIVATE and not video.is_hidden

    def do(self, allowed: bool, act: Any) -> bool:
        """Do what is allowed; what is not has to be refused."""
        if allowed:
            act()
            return True
        with pytest.raises((NotFound, NotAllowed)):
            act()
        return False

    @initialize()
    def begin(self) -> None:
        """Let there be something to look at, and somebody who likes and talks."""
        for who in MEMBERS:
            self.upload(who, Visibility.PUBLIC)
        for number in MEMBERS:
            self.like(MEMBERS[-1], number, likes=True)
            self.comment(MEMBERS[-1], number, None)
            self.comment(number, number, 0)
            self.follow(MEMBERS[-1], number, follows=True)

    @rule(who=members, visibility=visibilities)
    def upload(self, who: int, visibility: Visibility) -> None:
        if not self.acts(who):
            return
        video = make_video(
            self.channels[who],
            visibility=Visibility.PRIVATE,
            state=ProcessingState.READY,
            duration=60.0,
            tags=["knots"],
        )
        video.video_file = MediaKey(f"media/{video.id}/video.mp4")
        with self.container.uow() as uow:
            uow.videos.add(video)
            uow.commit()
        self.videos[video.id] = Shown(who, Visibility.PRIVATE)
        self.container.edit_video()(
            actor=self.actor(who), video_id=video.id, visibility=visibility.value
        )
        self.videos[video.id].visibility = visibility
        self.clock.pass_(timedelta(seconds=1))

    @rule(who=members, number=some, visibility=visibilities)
    def edit(self, who: int, number: int, visibility: Visibility) -> None:
        video_id = self.picked(number)
        if video_id is None or not self.acts(who):
            return
        video, actor = self.videos[video_id], self.actor(who)
        edit = self.container.edit_video()
        if self.do(
            who == video.owner,
            lambda: edit(actor=actor, video_id=video_id, visibility=visibility.value),
        ):
            video.visibility = visibility

    @rule(who=members, number=some)
    def delete(self, who: int, number: int) -> None:
        video_id = self.picked(number)
        if video_id is None or not self.acts(who):
            return
        delete, actor = self.container.delete_video(), self.actor(who)
        is_own = who == self.videos[video_id].owner
        if self.do(is_own, lambda: delete(actor=actor, video_id=video_id)):
            del self.videos[video_id]

    @rule(who=members, number=some, likes=st.booleans())
    def like(self, who: int, number: int, likes: bool) -> None:
        video_id = self.picked(number)
        if video_id is None or not self.acts(who):
            return
        video, actor = self.videos[video_id], self.actor(who)
        act = self.container.like_video() if likes else self.container.unlike_video()
        if self.do(self.sees(who, video), lambda: act(actor=actor, video_id=video_id)):
            (video.likes.add if likes else video.likes.discard)(who)

    @rule(who=members, whom=members, follows=st.booleans())
    def follow(self, who: int, whom: int, follows: bool) -> None:
        if not self.acts(who) or whom in self.gone or who == whom:
            return
        act = self.container.follow_channel() if follows else self.container.unfollow_channel()
        act(actor=self.actor(who), channel_id=self.channels[whom].id)
        (self.follows.add if follows else self.follows.discard)((who, whom))

    @rule(who=members, number=some, answers=st.none() | some)
    def comment(self, who: int, number: int, answers: int | None) -> None:
        video_id = self.picked(number)
        if video_id is None or not self.acts(who):
            return
        video, actor = self.videos[video_id], self.actor(who)
        reply_to = None
        if answers is not None and video.comments:
            reply_to = list(video.comments)[answers % len(video.comments)]
        add = self.container.add_comment()

        def say() -> str:
            made = add(actor=actor, video_id=video_id, text="Да", reply_to=reply_to)
            return str(made.id)

        above = None if reply_to is None else video.comments[reply_to]
        if not self.sees(who, video):
            with pytest.raises(NotFound):
                say()
        elif above is not None and (above.is_buried or above.reply_to):
            with pytest.raises(InvalidInput):
                say()
        else:
            video.comments[say()] = Said(who, reply_to)
            self.clock.pass_(timedelta(seconds=1))

    @rule(who=members, number=some, which=some)
    def forget(self, who: int, number: int, which: int) -> None:
        video_id = self.picked(number)
        if video_id is None or not self.videos[video_id].comments or not self.acts(who):
            return
        video, actor = self.videos[video_id], self.actor(who)
        comment_id = list(video.comments)[which % len(video.comments)]
        said, delete = video.comments[comment_id], self.container.delete_comment()
        allowed = who in (said.author, video.owner) and self.sees(who, video)
        if self.do(
            allowed and not said.is_buried, lambda: delete(actor=actor, comment_id=comment_id)
        ):
            video.forget(comment_id)

    @rule(who=members, number=some, seconds=st.sampled_from([3.0, 10.0, 55.0]))
    def watch(self, who: int, number: int, seconds: float) -> None:
        video_id = self.picked(number)
        if video_id is None or not self.acts(who):
            return
        video, actor = self.videos[video_id], self.actor(who)
        record, now = self.container.record_playback(), self.clock.now()
        about = {"address": "192.0.2.1", "client": BROWSER, "seconds": seconds}
        if not self.do(
            self.sees(who, video), lambda: record(actor=actor, video_id=video_id, **about)
        ):
            return
        last = video.watched.get(who)
        is_new = last is None or now - last >= ONCE_IN
        if is_new and seconds >= 10 and who != video.owner:
            video.views += 1
            video.watched[who] = now

    @rule(hours=st.sampled_from([1, 5, 7]))
    def wait(self, hours: int) -> None:
        self.clock.pass_(timedelta(hours=hours))

    @rule(whom=members, bans=st.booleans())
    def ban(self, whom: int, bans: bool) -> None:
        if whom in self.gone:
            return
        act = self.container.ban_user() if bans else self.container.unban_user()
        act(actor=OPERATOR, user_id=self.users[whom].id)
        (self.banned.add if bans else self.banned.discard)(whom)

    @rule(number=some, hides=st.booleans())
    def hide(self, number: int, hides: bool) -> None:
        video_id = self.picked(number)
        if video_id is None:
            return
        act = self.container.hide_video() if hides else self.container.unhide_video()
        act(actor=OPERATOR, video_id=video_id)
        self.videos[video_id].is_hidden = hides

    @rule(who=st.just(MEMBERS[-1]))
    def leave(self, who: int) -> None:
        if who in self.gone:
            return
        self.container.delete_account().of_another(actor=OPERATOR, user_id=self.users[who].id)
        self.gone.add(who)
        self.follows = {pair for pair in self.follows if who not in pair}
        self.videos = {id_: one for id_, one in self.videos.items() if one.owner != who}
        for video in self.videos.values():
            video.likes.discard(who)
            for comment_id, said in list(video.comments.items()):
                if said.author == who and not said.is_buried and comment_id in video.comments:
                    video.forget(comment_id)

    @invariant()
    def the_lists_have_what_everyone_finds(self) -> None:
        listed = {
            id_
            for id_, video in self.videos.items()
            if video.visibility is Visibility.PUBLIC
            and not video.is_hidden
            and video.owner not in self.banned
        }
        lists = self.container.list_videos()
        for sort in VideoSort:
            for only in (VideoFilter(), VideoFilter(tag="knots")):
                found = lists(page=ALL, sort=sort, only=only).items
                assert {video.id for video in found} == listed
                assert len(found) == len(listed)
        found = self.container.search_videos()(text="узлов", page=ALL).items
        assert {one.video.id for one in found} == listed
        for who in MEMBERS:
            feed = self.container.read_feed()(actor=self.actor(who), page=ALL).items
            mine = {id_ for id_ in listed if (who, self.videos[id_].owner) in self.follows}
            assert {video.id for video in feed} == mine
            times = [(video.published_at, video.id) for video in feed]
            assert times == sorted(set(times), reverse=True)
        for id_ in self.videos:
            with suppress(NotFound):
                found = self.container.list_related()(actor=None, video_id=id_, limit=20)
                assert {video.id for video in found} <= listed - {id_}

    @invariant()
    def counters_are_what_their_rows_are(self) -> None:
        reader = self.container.video_reader()
        for id_, video in self.videos.items():
            found = reader.get(id_)
            comments = [said for said in video.comments.values() if not said.is_buried]
            assert found.likes == len(video.likes)
            assert found.comments == len(comments)
            assert found.views == video.views
            shown = self.container.list_comments()(actor=OPERATOR, video=found, page=ALL)
            tops = {one for one, said in video.comments.items() if said.reply_to is None}
            assert {one.id for one in shown.items} == tops
        for who in set(MEMBERS) - self.gone:
            channel = self.container.read_channel()(channel_id=self.channels[who].id)
            assert channel.subscribers == sum(whom == who for _, whom in self.follows)

    @invariant()
    def nobody_sees_more_than_they_may(self) -> None:
        read = self.container.read_video()
        for id_, video in self.videos.items():
            for who in set(MEMBERS) - self.gone:
                act = {"actor": self.actor(who), "video_id": id_}
                if self.sees(who, video):
                    assert read(**act).id == id_
                else:
                    with pytest.raises(NotFound):
                        read(**act)

    def teardown(self) -> None:
        try:
            assert list(self.container.recount()(repair=False)) == []
        finally:
            self.container.database().close()
            self.container.hints().close()
            self.container.bus().close()


def opened(settings_: Settings, url: str) -> tuple[Container, FakeClock]:
    clock = FakeClock()
    built = build_container(replace(settings_, database_url=url))
    built.clock.override(providers.Object(clock))
    return built, clock


@pytest.fixture
def hub_settings(tmp_path: Path) -> Settings:
    return make_settings({"videohub.data_dir": str(tmp_path / "data"), **DEVELOPMENT}, {})


def run(machine: type[Community], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_on_sqlite(hub_settings: Settings, empty_sqlite: bytes, tmp_path: Path) -> None:
    numbers = iter(range(10_000))

    class OnSqlite(Community):
        def open_hub(self) -> tuple[Container, FakeClock]:
            path = tmp_path / f"{next(numbers)}.sqlite3"
            path.write_bytes(empty_sqlite)
            return opened(hub_settings, f"sqlite:///{path}")

    run(OnSqlite, 25)


@pytest.fixture
def databases(postgres_server: Postgres, empty_postgres: str) -> Iterator[Any]:
    made: list[str] = []

    def create() -> str:
        made.append(postgres_server.create(empty_postgres))
        return postgres_server.url(made[-1])

    yield create
    for name in made:
        postgres_server.drop(name)


def test_on_postgres(hub_settings: Settings, databases: Any) -> None:
    class OnPostgres(Community):
        def open_hub(self) -> tuple[Container, FakeClock]:
            return opened(hub_settings, databases())

    run(OnPostgres, 10)
