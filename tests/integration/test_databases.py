"""What several transactions at once may do to each other, and which index is read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapters.persistence import related
from adapters.persistence.accounts import SqlAccountReader, users
from adapters.persistence.block_rows import blocks
from adapters.persistence.channels import channels
from adapters.persistence.comments import SqlCommentReader, comments
from adapters.persistence.database import Database
from adapters.persistence.likes import SqlLikeReader, likes
from adapters.persistence.sitemaps import SqlSitemapReader
from adapters.persistence.subscription_rows import subscriptions
from adapters.persistence.subscriptions import SqlSubscriptionReader
from adapters.persistence.video_rows import video_tags, videos
from adapters.persistence.videos import SqlVideoReader
from adapters.persistence.views import video_views
from tests.conftest import SqlStorage
from tests.factories.entities import (
    NOW,
    make_channel,
    make_job,
    make_upload,
    make_user,
    make_video,
)
from tests.fakes.simple import FakeClock
from tests.filled import KINDS, filled
from videohub_core.accounts.entities import Session, UserQuery
from videohub_core.accounts.errors import EmailTaken, LastAdmin
from videohub_core.accounts.use_cases.ban_user import BanUser
from videohub_core.comments.ports import CommentSort
from videohub_core.shared.actor import OPERATOR, Actor, Role
from videohub_core.shared.idempotency import IdempotencyKey
from videohub_core.shared.ids import CommentId, VideoId
from videohub_core.shared.paging import PageRequest
from videohub_core.sitemaps.entities import Span
from videohub_core.subscriptions.entities import Bell
from videohub_core.videos.entities import ProcessingState, Visibility
from videohub_core.videos.errors import AlreadyImported
from videohub_core.videos.ports import VideoFilter, VideoSort, VideoView

AT_ONCE = 6


def at_once(act: Callable[[], Any]) -> list[Any]:
    """Do it in several threads that start together; return what each gave or raised."""
    started = threading.Barrier(AT_ONCE)

    def run() -> Any:
        started.wait()
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [done.result() for done in [pool.submit(run) for _ in range(AT_ONCE)]]


@pytest.fixture
def user(sql_storage: SqlStorage) -> Any:
    user = make_user(display_name="0")
    with sql_storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(make_channel(user))
        uow.commit()
    return user


def test_of_many_with_one_email_one_gets_it(sql_storage: SqlStorage) -> None:
    def register() -> str:
        with sql_storage.uow() as uow:
            user = make_user(email="anna@example.test")
            uow.users.add(user)
            uow.commit()
        return user.id

    refused = [result for result in at_once(register) if not isinstance(result, str)]
    assert [type(error) for error in refused] == [EmailTaken] * (AT_ONCE - 1)


def test_of_many_that_import_a_file_at_once_one_does(
    sql_storage: SqlStorage, user: Any
) -> None:
    def add() -> str:
        with sql_storage.uow() as uow:
            video = make_video(uow.channels.of_user(user.id), origin="sha256:1")
            uow.videos.add(video)
            uow.commit()
        return video.id

    done = at_once(add)
    (video_id,) = [result for result in done if isinstance(result, str)]
    refused = [type(result) for result in done if not isinstance(result, str)]
    assert refused == [AlreadyImported] * (AT_ONCE - 1)
    assert sql_storage.video_reader.of_origin(user.id, "sha256:1") == video_id


def test_of_the_last_two_admins_one_stays(sql_storage: SqlStorage, clock: FakeClock) -> None:
    admins = [make_user(role=Role.ADMIN) for _ in range(2)]
    with sql_storage.uow() as uow:
        for admin in admins:
            uow.users.add(admin)
            uow.channels.add(make_channel(admin))
        uow.commit()
    ids = cycle(admin.id for admin in admins)

    def ban() -> None:
        BanUser(sql_storage.uow(), clock)(actor=OPERATOR, user_id=next(ids))

    refused = [result for result in at_once(ban) if result is not None]
    assert refused
    assert {type(error) for error in refused} == {LastAdmin}
    with sql_storage.uow() as uow:
        assert [admin.is_banned for admin in uow.users.admins()].count(False) == 1


def test_another_constraint_is_not_taken_for_a_taken_email(
    sql_storage: SqlStorage, user: Any
) -> None:
    with pytest.raises(DBAPIError), sql_storage.uow() as uow:
        uow.users.add(make_user(id=user.id))
    with pytest.raises(EmailTaken), sql_storage.uow() as uow:
        uow.users.add(make_user(email=user.email))


def test_who_reads_decides_and_writes_waits_its_turn(
    sql_storage: SqlStorage, user: Any
) -> None:
    def count_up() -> None:
        for _ in range(5):
            with sql_storage.uow() as uow:
                found = uow.users.get(user.id)
                assert found is not None
                found.display_name = str(int(found.display_name) + 1)
                uow.commit()

    assert at_once(count_up) == [None] * AT_ONCE
    with sql_storage.uow() as uow:
        found = uow.users.get(user.id)
    assert found is not None
    assert found.display_name == str(5 * AT_ONCE)


def test_a_job_is_leased_once(sql_storage: SqlStorage) -> None:
    job = make_job()
    with sql_storage.uow() as uow:
        uow.jobs.add(job)
        uow.commit()

    def lease() -> bool:
        with sql_storage.uow() as uow:
            found = uow.jobs.get(job.id)
            assert found is not None
            if not found.is_due(NOW):
                return False
            found.lease("w", NOW)
            uow.commit()
        return True

    assert sorted(at_once(lease)) == [False] * (AT_ONCE - 1) + [True]


def test_what_is_asked_twice_at_once_is_done_once(sql_storage: SqlStorage) -> None:
    key = IdempotencyKey("scope", "operation", "key", "digest")

    def do_once() -> str | None:
        with sql_storage.uow() as uow:
            made = uow.idempotency.done(key)
            if made is None:
                uow.idempotency.remember(key, "made", NOW)
                uow.commit()
        return made

    assert sorted(at_once(do_once), key=str) == [None] + ["made"] * (AT_ONCE - 1)


def test_room_is_given_away_once(sql_storage: SqlStorage, user: Any) -> None:
    def start_upload() -> bool:
        with sql_storage.uow() as uow:
            if uow.uploads.bytes_of(user.id):
                return False
            uow.uploads.add(make_upload(user, length=1))
            uow.commit()
        return True

    assert sorted(at_once(start_upload)) == [False] * (AT_ONCE - 1) + [True]


def test_the_room_is_shown_while_somebody_takes_some(
    sql_storage: SqlStorage, user: Any
) -> None:
    with sql_storage.uow() as uow:
        assert uow.uploads.bytes_of(user.id) == 0
        uow.uploads.add(make_upload(user, length=7))
        assert sql_storage.video_reader.bytes_of(user.id) == 0
        uow.commit()
    assert sql_storage.video_reader.bytes_of(user.id) == 7


def test_a_session_that_several_end_at_once_is_ended(
    sql_storage: SqlStorage, user: Any
) -> None:
    session = Session(token_hash="t", user_id=user.id, created=NOW, last_used=NOW)
    with sql_storage.uow() as uow:
        uow.sessions.add(session)
        uow.commit()

    def end_or_touch() -> None:
        with sql_storage.uow() as uow:
            uow.sessions.remove_expired(NOW + timedelta(days=100))
            found = uow.sessions.get("t")
            if found is not None:
                found.last_used = NOW + timedelta(seconds=1)
                uow.sessions.remove(found)
            uow.commit()

    assert at_once(end_or_touch) == [None] * AT_ONCE
    with sql_storage.uow() as uow:
        assert uow.sessions.get("t") is None


def test_what_the_driver_does_not_take_costs_no_connection(database: Database) -> None:
    mark = "?" if database.is_sqlite else "%s"
    # The errors live on, and with them whatever was at work when they arose.
    caught = []
    for _ in range(25):
        with pytest.raises(UnicodeEncodeError) as error:
            database.fetch(f"SELECT {mark}", ["\ud800"])
        caught.append(error)
    assert database.fetch("SELECT 1", []) == [(1,)]


def test_readers_cannot_write(database: Database) -> None:
    with database.reader.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("DELETE FROM users"))


@pytest.mark.parametrize("wrong", ["SELECT * FROM nothing", "SELECT FROM FROM", "SELECT nay"])
def test_a_mistake_in_sql_is_not_an_outage(
    database: Database, sql_storage: SqlStorage, wrong: str
) -> None:
    with pytest.raises(DBAPIError), database.reading() as connection:
        connection.execute(text(wrong))
    with pytest.raises(DBAPIError), sql_storage.uow() as uow:
        uow._session.execute(text(wrong))


# Which index a list is read by. The planner chooses by what is in the tables.

OWNERS = 200
VIDEOS = 20_000
COMMENTS = 4_000


def listed(
    sort: VideoSort, *, channel: bool = False, tag: str | None = None
) -> Callable[[Database, PageRequest], Any]:
    def read(database: Database, page: PageRequest) -> Any:
        only = VideoFilter(make_id("chan", 7) if channel else None, tag)
        return SqlVideoReader(database, FakeClock()).listed(page, sort=sort, only=only)

    return read


LISTS: dict[str, tuple[str, str, Callable[[Database, PageRequest], Any]]] = {
    "public": ("ix_videos_public", "published_at", listed(VideoSort.FRESH)),
    "popular": ("ix_videos_views", "views", listed(VideoSort.POPULAR)),
    "trending": ("ix_videos_heat", "heat", listed(VideoSort.TRENDING)),
    "channel": ("ix_videos_channel", "published_at", listed(VideoSort.FRESH, channel=True)),
    "popular of a channel": (
        "ix_videos_channel_views",
        "views",
        listed(VideoSort.POPULAR, channel=True),
    ),
    "trending in a channel": (
        "ix_videos_channel_heat",
        "heat",
        listed(VideoSort.TRENDING, channel=True),
    ),
    "tag": ("ix_video_tags_tag", "published_at", listed(VideoSort.FRESH, tag="rare")),
    "common tag": ("ix_video_tags_tag", "published_at", listed(VideoSort.FRESH, tag="common")),
    "likes": (
        "ix_likes_user",
        "created",
        lambda database, page: SqlLikeReader(database, FakeClock()).videos(Actor(FAN), page),
    ),
    "subscriptions": (
        "ix_subscriptions_user",
        "since",
        lambda database, page: SqlSubscriptionReader(database, FakeClock()).of_user(FAN, page),
    ),
    "owner": (
        "ix_videos_owner",
        "upload_date",
        lambda database, page: SqlVideoReader(database, FakeClock()).of_owner(
            make_id("user", 7), page
        ),
    ),
    "users": (
        "ix_users_created",
        "created",
        lambda database, page: SqlAccountReader(database, FakeClock()).users(UserQuery(), page),
    ),
    **{
        f"comments, {sort.value}": (
            "ix_comments_thread",
            "created",
            lambda database, page, sort=sort: SqlCommentReader(database).listed(
                VideoId("video00000000001"), page, sort=sort
            ),
        )
        for sort in CommentSort
    },
    **{
        f"comments to a member, {sort.value}": (
            "ix_comments_thread",
            "created",
            lambda database, page, sort=sort: SqlCommentReader(database).listed(
                VideoId("video00000000001"), page, sort=sort, reader_id=FAN
            ),
        )
        for sort in CommentSort
    },
    "replies": (
        "ix_comments_thread",
        "created",
        lambda database, page: SqlCommentReader(database).listed(
            VideoId("video00000000001"),
            page,
            reply_to=CommentId(make_id("comm", 0)),
            sort=CommentSort.OLDEST,
        ),
    ),
}


def make_id(kind: str, number: int) -> Any:
    return f"{kind}{number:012}"


FAN = make_id("user", 0)
"""Who follows all the others, likes much, and has blocked many."""


def fill(database: Database) -> None:
    """Write 20,000 videos of 200 members; two in three are public, most were published."""
    owners = [
        make_user(id=make_id("user", n), email=f"{n}@example.test") for n in range(OWNERS)
    ]
    theirs = [make_channel(owner, id=make_id("chan", n)) for n, owner in enumerate(owners)]
    made = [
        make_video(
            theirs[n % OWNERS],
            id=f"video{n:011}",
            upload_date=NOW + timedelta(seconds=n // 3),
            published_at=NOW + timedelta(seconds=n // 3) if n % 10 else None,
            visibility=list(Visibility)[1:][n % 2] if n % 3 == 0 else Visibility.PUBLIC,
            state=ProcessingState.READY,
            views=n * 7919 % 10_000,
            heat=float(n * 7919 % 10_000) if n % 10 else None,
        )
        for n in range(VIDEOS)
    ]
    tagged = [
        {"video_id": video.id, "tag": tag, "published_at": video.published_at}
        for n, video in enumerate(made)
        for tag in ["common", *(["rare"] if n % 97 == 0 else [])]
        if video.is_listed
    ]
    # Half of them are on one video, and of these half reply to the same.
    first = make_id("comm", 0)
    said = [
        {
            "id": make_id("comm", n),
            "video_id": video_id,
            "user_id": owners[n % OWNERS].id,
            "reply_to": first if n % 4 == 2 else None,
            "thread": first if n % 4 == 2 else video_id,
            "text": "Да",
            "created": NOW + timedelta(seconds=n // 3),
        }
        for n in range(COMMENTS)
        for video_id in [made[1 if n % 2 == 0 else n].id]
    ]
    with database.writer.begin() as connection:
        for table, entities in ((users, owners), (channels, theirs), (videos, made)):
            connection.execute(
                table.insert(),
                [
                    {column.name: getattr(entity, column.name) for column in table.columns}
                    for entity in entities
                ],
            )
        connection.execute(video_tags.insert(), tagged)
        connection.execute(comments.insert(), said)
        connection.execute(
            video_views.insert(),
            [
                {
                    "video_id": one.id,
                    "viewer": make_id("viewer", n % 500),
                    "at": NOW + timedelta(seconds=n),
                    "count": 1,
                }
                for n, one in enumerate(made)
            ],
        )
        follows = [
            {"channel_id": channel.id, "since": NOW + timedelta(seconds=n), "bell": Bell.ALL}
            for n, channel in enumerate(theirs[1:])
        ]
        liked = [
            {"video_id": video.id, "created": NOW + timedelta(seconds=n)}
            for n, video in enumerate(made[1 : VIDEOS // 10 : 3])
        ]
        blocked = [{"blocked_id": owner.id, "since": NOW} for owner in owners[1::4]]
        for table, rows in ((subscriptions, follows), (likes, liked), (blocks, blocked)):
            connection.execute(table.insert(), [{**row, "user_id": FAN} for row in rows])


@pytest.fixture(scope="module", params=KINDS)
def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Each database with as much in it as the hub is made for."""
    yield from filled(request, tmp_path_factory, fill)


def plan_of(database: Database, read: Callable[[], Any]) -> str:
    """Return how the database goes about the one statement that `read` fetches."""
    with mock.patch.object(database, "fetch", wraps=database.fetch) as fetch:
        read()
    ((statement, values),) = [call.args for call in fetch.call_args_list]
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    lines = database.fetch(f"{explain} {statement}", values)
    return "\n".join(str(line[-1]) for line in lines)


@pytest.mark.parametrize("which", ["part", "end"])
def test_a_sitemap_is_read_from_its_index_without_sorting(large: Database, which: str) -> None:
    reader = SqlSitemapReader(large, FakeClock())
    after = reader.video_behind(None, 5000)
    assert after is not None
    span = Span(after, reader.video_behind(after, 900))
    assert len(reader.videos(span)) == 900
    plan = plan_of(
        large,
        (lambda: reader.videos(span))
        if which == "part"
        else (lambda: reader.video_behind(after, 900)),
    )
    assert "ix_videos_public" in plan
    # The last of a part is found by sorting that part alone.
    assert plan.count("Sort  (") + plan.count("TEMP B-TREE") <= (which == "end"), plan


@pytest.mark.parametrize("sort", [VideoSort.POPULAR, VideoSort.TRENDING])
@pytest.mark.parametrize("tag", ["rare", "common"])
def test_a_ranked_tag_is_all_there_in_order(large: Database, sort: VideoSort, tag: str) -> None:
    reader, only = SqlVideoReader(large, FakeClock()), VideoFilter(tag=tag)
    seen: list[VideoView] = []
    request = PageRequest(limit=100)
    for _ in range(3):
        page = reader.listed(request, sort=sort, only=only)
        seen += page.items
        if page.next is None:
            break
        request = PageRequest(limit=100, after=page.next)
    ranks = [(video.views, video.id) for video in seen]
    assert ranks == sorted(set(ranks), reverse=True)
    listed = [n for n in range(VIDEOS) if n % 3 and n % 10 and (tag == "common" or n % 97 == 0)]
    best = sorted(((n * 7919 % 10_000, f"video{n:011}") for n in listed), reverse=True)
    assert ranks == best[:300]


@pytest.mark.parametrize("which", ["first", "next"])
def test_a_feed_looks_into_each_channel_by_its_index(large: Database, which: str) -> None:
    reader = SqlSubscriptionReader(large, FakeClock())
    first = reader.feed(FAN, PageRequest())
    assert len(first.items) == 20
    page = PageRequest(after=first.next if which == "next" else None)
    plan = plan_of(large, lambda: reader.feed(FAN, page))
    assert plan.count("ix_videos_channel") == 2, plan
    for line in plan.split("\n"):
        # Only what follows from the member is read from end to end.
        assert "Seq Scan on videos" not in line, plan
        assert "SCAN videos" not in line, plan
        assert "SCAN newest" not in line, plan
        assert "SCAN several" not in line, plan
    # The index alone is read, and no video that is not shown.
    covering = "COVERING INDEX ix_videos_channel (channel_id=?"
    alone = covering if large.is_sqlite else "Index Only Scan Backward using ix_videos_channel"
    assert plan.count(alone) == 2, plan


def test_a_feed_is_all_there_in_order(large: Database) -> None:
    reader = SqlSubscriptionReader(large, FakeClock())
    seen: list[VideoView] = []
    request = PageRequest(limit=100)
    for _ in range(5):
        page = reader.feed(FAN, request)
        seen += page.items
        assert page.next is not None
        request = PageRequest(limit=100, after=page.next)
    listed = [n for n in range(VIDEOS) if n % 3 and n % 10 and n % OWNERS]
    assert [video.id for video in seen] == [f"video{n:011}" for n in listed[::-1][:500]]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("which", ["first", "next"])
def test_a_list_is_read_from_its_index_without_sorting(
    large: Database, name: str, which: str
) -> None:
    index, time, read = LISTS[name]
    first = read(large, PageRequest())
    assert len(first.items) == 20
    assert first.next is not None
    page = PageRequest(after=first.next if which == "next" else None)
    plan = plan_of(large, lambda: read(large, page))
    assert index in plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan, plan
    # It is made of all channels, for the few that a page has.
    assert "BLOOM FILTER" not in plan, plan
    if which == "next":
        # The page begins where the last one ended: nothing before it is read.
        where = next(line for line in plan.split("\n") if "(" in line and f"{time}," in line)
        assert "INDEX" in where or "Index Cond" in where, plan


RELATED = {
    "ix_video_tags_tag": (related.OF_TAG, {"tag": "common"}),
    "ix_videos_channel": (related.OF_CHANNEL, {"channel_id": make_id("chan", 7)}),
    "pk_video_views": (related.VIEWERS, {"video_id": f"video{7:011}"}),
    "ix_video_views_viewer": (related.SEEN, {"viewer": make_id("viewer", 7)}),
}


@pytest.mark.parametrize("index", RELATED)
def test_what_goes_with_a_video_is_read_from_indexes(large: Database, index: str) -> None:
    step, values = RELATED[index]
    plan = plan_of(large, lambda: step.rows(large, values))
    # SQLite has a name of its own for the key's index.
    assert index in plan or "sqlite_autoindex_video_views_1 (video_id=?" in plan, plan
    assert "Seq Scan" not in plan
    assert "TEMP B-TREE" not in plan


def test_pages_of_a_large_list_miss_nothing(large: Database) -> None:
    reader = SqlVideoReader(large, FakeClock())
    seen: list[str] = []
    request = PageRequest(limit=100)
    while True:
        page = reader.listed(request, only=VideoFilter(make_id("chan", 7)))
        seen += [video.id for video in page.items]
        if page.next is None:
            break
        request = PageRequest(limit=10, after=page.next)
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == len(
        [n for n in range(7, VIDEOS, OWNERS) if n % 10 and n % 3 != 0],
    )
