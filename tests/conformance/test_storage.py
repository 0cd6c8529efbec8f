"""What the unit of work, the repositories and the readers promise, whatever is below."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.factories.entities import (
    NOW,
    make_channel,
    make_job,
    make_upload,
    make_user,
    make_video,
)
from tests.fakes.simple import FakeClock, FakeHints
from videohub_core.accounts.entities import Session, UserQuery, display_name_error
from videohub_core.accounts.errors import EmailTaken
from videohub_core.jobs.entities import JobKind
from videohub_core.jobs.errors import LeaseLost
from videohub_core.shared.actor import OPERATOR, Role
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.paging import PageRequest
from videohub_core.videos.entities import (
    Captions,
    MediaInfo,
    MediaKey,
    ProcessingState,
    Rendition,
    Storyboard,
    VideoDetails,
    Visibility,
)
from videohub_core.videos.errors import AlreadyImported
from videohub_core.videos.ports import VideoFilter, VideoSort


def add(storage: Any, **rows: Any) -> None:
    with storage.uow() as uow:
        for table, row in rows.items():
            getattr(uow, table).add(row)
        uow.commit()


@pytest.fixture
def user(storage: Any) -> Any:
    user = make_user()
    add(storage, users=user)
    return user


@pytest.fixture
def channel(storage: Any, user: Any) -> Any:
    channel = make_channel(user)
    add(storage, channels=channel)
    return channel


def publish(storage: Any, channel: Any, **fields: Any) -> Any:
    state = ProcessingState.READY
    video = make_video(channel, **{"state": state, "published_at": NOW, **fields})
    add(storage, videos=video)
    return video


def test_what_is_committed_is_there_for_the_next_transaction(storage: Any, user: Any) -> None:
    with storage.uow() as uow:
        found = uow.users.get(user.id)
    assert (found.email, found.display_name, found.created) == (
        user.email,
        "Анна Ёлкина",
        NOW,
    )


def test_what_is_not_committed_is_not(storage: Any) -> None:
    user = make_user()
    with storage.uow() as uow:
        uow.users.add(user)
    with storage.uow() as uow:
        assert uow.users.get(user.id) is None


def test_an_error_undoes_the_whole_transaction(storage: Any, user: Any) -> None:
    def interrupted() -> None:
        with storage.uow() as uow:
            uow.users.get(user.id).role = Role.ADMIN
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    with storage.uow() as uow:
        assert uow.users.get(user.id).role is Role.MEMBER


def test_changes_to_a_loaded_entity_are_stored(storage: Any, user: Any) -> None:
    with storage.uow() as uow:
        uow.users.by_email(user.email).is_banned = True
        uow.commit()
    with storage.uow() as uow:
        assert uow.users.get(user.id).is_banned


def test_the_admins_are_those_with_the_role(storage: Any, user: Any) -> None:
    admins = [make_user(role=Role.ADMIN), make_user(role=Role.ADMIN, is_banned=True)]
    for made in (*admins, make_user(role=Role.MODERATOR)):
        add(storage, users=made)
    with storage.uow() as uow:
        found = uow.users.admins()
        assert sorted(admin.id for admin in found) == sorted(admin.id for admin in admins)
        found[0].display_name = "Changed"
        uow.commit()
    with storage.uow() as uow:
        assert uow.users.get(found[0].id).display_name == "Changed"


def test_an_email_has_one_account(storage: Any, user: Any) -> None:
    with pytest.raises(EmailTaken), storage.uow() as uow:
        uow.users.add(make_user(email=user.email))


def test_a_new_user_has_a_channel_from_the_same_commit(storage: Any) -> None:
    user = make_user()
    user.registered()
    add(storage, users=user)
    assert storage.account_reader.user(user.id).channel.title == user.display_name


def test_a_failing_reaction_leaves_nothing(storage: Any, monkeypatch: Any) -> None:
    user = make_user()
    user.registered()

    def refuse(*_arguments: Any) -> None:
        raise ZeroDivisionError

    def register() -> None:
        with storage.uow() as uow:
            uow.users.add(user)
            monkeypatch.setattr(uow.channels, "add", refuse)
            uow.commit()

    with pytest.raises(ZeroDivisionError):
        register()
    assert storage.account_reader.password_of(user.email) is None


def test_a_session_is_read_with_its_user(storage: Any, user: Any, channel: Any) -> None:
    session = Session(token_hash="t" * 64, user_id=user.id, created=NOW, last_used=NOW)
    add(storage, sessions=session)
    found = storage.account_reader.session(session.token_hash)
    assert found.user.id == user.id
    assert found.user.channel.id == channel.id
    assert found.expires_at == NOW + timedelta(days=14)
    assert storage.account_reader.session("another") is None


def test_expired_sessions_go_and_live_ones_stay(storage: Any, user: Any, channel: Any) -> None:
    for name, used in (("old", NOW - timedelta(days=15)), ("new", NOW)):
        add(
            storage,
            sessions=Session(token_hash=name, user_id=user.id, created=used, last_used=used),
        )
    with storage.uow() as uow:
        uow.sessions.remove_expired(NOW)
        uow.commit()
    assert storage.account_reader.session("old") is None
    assert storage.account_reader.session("new") is not None


def test_the_password_of_an_email(storage: Any) -> None:
    user = make_user(password_hash="h")
    add(storage, users=user)
    assert storage.account_reader.password_of(user.email) == (user.id, "h")
    assert storage.account_reader.password_of("nobody@example.test") is None


@pytest.mark.parametrize(
    ("left", "is_banned"),
    [(None, True), (timedelta(microseconds=1), True), (timedelta(0), False)],
)
def test_a_ban_ends_by_itself_for_every_reader(
    storage: Any, clock: FakeClock, left: timedelta | None, is_banned: bool
) -> None:
    user = make_user()
    add(storage, users=user)
    add(storage, channels=make_channel(user))
    with storage.uow() as uow:
        until = None if left is None else clock.now() + left
        uow.users.get(user.id).ban(OPERATOR.id, "spam", until)
        uow.commit()
    session = Session(token_hash="t" * 64, user_id=user.id, created=NOW, last_used=NOW)
    add(storage, sessions=session)
    reader = storage.account_reader
    assert reader.user(user.id).is_banned is is_banned
    assert reader.by_email(user.email).is_banned is is_banned
    assert reader.session(session.token_hash).user.is_banned is is_banned
    assert [found.is_banned for found in reader.users(UserQuery(), PageRequest()).items] == [
        is_banned
    ]
    banned = reader.users(UserQuery(banned=True), PageRequest()).items
    assert [found.id for found in banned] == [user.id] * is_banned
    with storage.uow() as uow:
        stored = uow.users.get(user.id)
        assert stored.is_banned_at(clock.now()) is is_banned
        assert stored.ban_reason == "spam"


def test_a_user_is_read_by_their_email(storage: Any, user: Any, channel: Any) -> None:
    assert storage.account_reader.by_email(user.email).id == user.id
    assert storage.account_reader.by_email("nobody@example.test") is None


def listed(storage: Any, **query: Any) -> list[str]:
    page = storage.account_reader.users(UserQuery(**query), PageRequest())
    return [user.email for user in page.items]


def test_users_are_listed_with_the_number_of_their_videos(
    storage: Any, user: Any, channel: Any
) -> None:
    for _ in range(2):
        publish(storage, channel)
    other = make_user(created=NOW + timedelta(seconds=1), role=Role.ADMIN)
    add(storage, users=other)
    page = storage.account_reader.users(UserQuery(), PageRequest())
    assert [(found.id, found.videos) for found in page.items] == [(other.id, 0), (user.id, 2)]
    assert [found.role for found in page.items] == [Role.ADMIN, Role.MEMBER]
    assert page.items[1].display_name == user.display_name
    assert page.items[1].created == NOW


def test_users_are_found_by_role_ban_and_part_of_their_name(storage: Any) -> None:
    anna = make_user(email="anna@example.test", display_name="Анна Ёлкина", is_banned=True)
    boris = make_user(email="boris@example.test", display_name="Straße", role=Role.ADMIN)
    for user in (anna, boris):
        add(storage, users=user)
    assert listed(storage, role=Role.ADMIN) == [boris.email]
    assert listed(storage, banned=True) == [anna.email]
    assert listed(storage, banned=True, role=Role.ADMIN) == []
    for text in ("АННА", "на ёлк", " Ёлкина ", "ANNA@", "anna@example"):
        assert listed(storage, text=text) == [anna.email]
    for text in ("strasse", "OrIs"):
        assert listed(storage, text=text) == [boris.email]
    for text in ("%", "_", "nobody"):
        assert listed(storage, text=text) == []
    assert sorted(listed(storage, text="example.test")) == [anna.email, boris.email]


@pytest.mark.parametrize("text", ["", "member"])
def test_pages_of_users_go_through_the_list_once(storage: Any, text: str) -> None:
    for number in range(5):
        add(storage, users=make_user(created=NOW + timedelta(seconds=number // 2)))
        add(storage, users=make_user(email=f"member{number}@example.test"))
    whole = storage.account_reader.users(UserQuery(text=text), PageRequest(limit=100))
    assert len(whole.items) == (5 if text else 10)
    assert whole.next is None
    seen: list[Any] = []
    request = PageRequest(limit=2)
    while True:
        page = storage.account_reader.users(UserQuery(text=text), request)
        assert len(page.items) <= 2
        seen += page.items
        if page.next is None:
            break
        request = PageRequest(limit=2, after=page.next)
    assert seen == whole.items


def test_a_channel_is_read_with_its_users_name(storage: Any, user: Any, channel: Any) -> None:
    found = storage.channel_reader.get(channel.id)
    assert (found.user_id, found.user_display_name) == (user.id, user.display_name)
    assert storage.channel_reader.get("nothing") is None
    with storage.uow() as uow:
        uow.channels.of_user(user.id).edit(title="Ё😀", description="a\nb")
        uow.commit()
    found = storage.channel_reader.get(channel.id)
    assert (found.title, found.description) == ("Ё😀", "a\nb")


def test_a_video_is_read_as_it_was_stored(storage: Any, channel: Any) -> None:
    video = make_video(channel, tags=["узлы", "knots"], description="Ё\n😀")
    video.become_playable(MediaInfo(12.5, 1920, 1080), MediaKey("media/x/y.mp4"), 10, NOW)
    add(storage, videos=video)
    found = storage.video_reader.get(video.id)
    assert (found.tags, found.description) == (["узлы", "knots"], "Ё\n😀")
    assert (found.duration, found.width, found.height) == (12.5, 1920, 1080)
    assert found.state is ProcessingState.PLAYABLE
    assert found.published_at == NOW
    assert found.channel.id == channel.id
    assert storage.video_reader.get("nothing") is None


def test_an_origin_has_one_video_of_an_owner(storage: Any, channel: Any) -> None:
    date = NOW - timedelta(days=1)
    video = publish(storage, channel, origin="sha256:1", dated=date)
    reader = storage.video_reader
    assert reader.of_origin(channel.user_id, "sha256:1") == video.id
    assert reader.of_origin(channel.user_id, "sha256:2") is None
    with pytest.raises(AlreadyImported), storage.uow() as uow:
        uow.videos.add(make_video(channel, origin="sha256:1"))
    other = make_user()
    others_channel = make_channel(other)
    add(storage, users=other)
    add(storage, channels=others_channel)
    assert reader.of_origin(other.id, "sha256:1") is None
    for _ in range(2):
        publish(storage, channel, origin=None)
    publish(storage, others_channel, origin="sha256:1")
    with storage.uow() as uow:
        assert uow.videos.get(video.id).dated == date
        uow.videos.remove(uow.videos.get(video.id))
        uow.commit()
    assert reader.of_origin(channel.user_id, "sha256:1") is None
    publish(storage, channel, origin="sha256:1")


MOST: dict[str, dict[str, Any]] = {
    "emoji": {"title": "😀" * 200, "description": "👩‍👩‍👧" * 2000, "tags": ["😀" * 50]},
    "letters": {"title": "Щ" * 200, "description": "ё\n\t" * 3333, "tags": ["ß" * 50, "é"]},
    "tags": {"title": "t", "tags": [f"{n:050}" for n in range(20)]},
    "quotes": {
        "title": """'";--%s%%{}\\ \u2028""",
        "description": "\ufeff\u200b\ufffd\U0010ffff",
        "tags": ['"', "\\", "null", "[]", "%(a)s"],
    },
}


@pytest.mark.parametrize("name", MOST)
def test_text_comes_back_as_it_was_written(storage: Any, channel: Any, name: str) -> None:
    details = VideoDetails.checked(**MOST[name])
    video = make_video(channel)
    video.edit(details, NOW)
    add(storage, videos=video)
    found = storage.video_reader.get(video.id)
    assert (found.title, found.description) == (details.title, details.description)
    assert tuple(found.tags) == details.tags
    assert found.tags == MOST[name]["tags"]


@pytest.mark.parametrize("text", ["nul \0", "half \ud83d", "bell \7", "\x9f"])
def test_what_no_two_databases_agree_on_is_refused_before_them(text: str) -> None:
    with pytest.raises(InvalidInput):
        VideoDetails.checked(title=text)
    with pytest.raises(InvalidInput):
        VideoDetails.checked(title="t", description=text)
    with pytest.raises(InvalidInput):
        VideoDetails.checked(title="t", tags=[f"{text}."])
    assert display_name_error(text) is not None


def test_times_keep_their_microseconds_in_utc(storage: Any, channel: Any) -> None:
    odd = datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    times = [odd, datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)]
    for time in times:
        video = publish(storage, channel, upload_date=time, published_at=time)
        found = storage.video_reader.get(video.id)
        assert (found.upload_date, found.published_at) == (time, time)


def test_numbers_are_as_large_as_they_come(storage: Any, channel: Any) -> None:
    video = make_video(channel, size=2**62, duration=43200.125, width=2**31 - 1, height=1)
    add(storage, videos=video)
    found = storage.video_reader.get(video.id)
    assert (found.size, found.duration, found.width) == (2**62, 43200.125, 2**31 - 1)


def test_what_is_made_of_a_video_is_read_as_it_was_stored(storage: Any, channel: Any) -> None:
    rendition = Rendition(
        "720p",
        MediaKey("media/x/720p.mp4"),
        MediaKey("media/x/720p.m3u8"),
        size=2**40,
        bandwidth=3_000_000,
        average_bandwidth=2_500_000,
        codecs="avc1.64001f",
        width=1280,
        height=720,
    )
    sheets = (MediaKey("media/x/1.webp"), MediaKey("media/x/2.webp"))
    storyboard = Storyboard(sheets, 10, 10, 160, 90, 120, 2.5, 20_000)
    captions = Captions("sr-Latn", MediaKey("media/x/sr.vtt"), 300)
    made = {
        "renditions": (rendition, rendition),
        "storyboard": storyboard,
        "captions": (captions,),
        "progress": 0.25,
        "seconds_left": 61.5,
    }
    video = publish(storage, channel, **made)
    nothing = publish(storage, channel)
    found = storage.video_reader.get(video.id)
    assert {name: getattr(found, name) for name in made} == made
    with storage.uow() as uow:
        stored = uow.videos.get(video.id)
        assert {name: getattr(stored, name) for name in made} == made
        assert {rendition.file, *sheets, captions.file} < stored.files
    found = storage.video_reader.get(nothing.id)
    assert (found.renditions, found.storyboard, found.captions) == ((), None, ())


def test_the_public_list_has_what_is_public_and_published(storage: Any, channel: Any) -> None:
    shown = publish(storage, channel)
    publish(storage, channel, visibility=Visibility.PRIVATE)
    publish(storage, channel, visibility=Visibility.UNLISTED)
    publish(storage, channel, published_at=None, state=ProcessingState.UPLOADED)
    page = storage.video_reader.listed(PageRequest())
    assert [video.id for video in page.items] == [shown.id]
    assert page.next is None


def test_the_list_of_a_channel_has_nobody_elses(storage: Any, channel: Any) -> None:
    other = make_user()
    add(storage, users=other)
    others_channel = make_channel(other)
    add(storage, channels=others_channel)
    publish(storage, others_channel)
    mine = publish(storage, channel)
    page = storage.video_reader.listed(PageRequest(), only=VideoFilter(channel_id=channel.id))
    assert [video.id for video in page.items] == [mine.id]


def test_a_withheld_channel_is_in_no_list_until_its_time(
    storage: Any, channel: Any, clock: FakeClock
) -> None:
    video = publish(storage, channel, heat=1.0, tags=["knots"])
    with storage.uow() as uow:
        uow.videos.tag(uow.videos.get(video.id))
        uow.commit()
    lists = [{"sort": sort} for sort in VideoSort]
    lists += [{"only": VideoFilter(channel.id)}, {"only": VideoFilter(tag="knots")}]

    def listed() -> list[int]:
        return [len(storage.video_reader.listed(PageRequest(), **one).items) for one in lists]

    def withhold(until: Any) -> None:
        with storage.uow() as uow:
            uow.channels.of_user(channel.user_id).withhold(until)
            uow.commit()

    assert listed() == [1] * 5
    withhold(None)
    assert listed() == [0] * 5
    assert storage.video_reader.get(video.id) is not None
    withhold(clock.now() + timedelta(hours=1))
    assert listed() == [0] * 5
    clock.pass_(timedelta(hours=1))
    assert listed() == [1] * 5


@pytest.mark.parametrize(
    "changes", [{"visibility": Visibility.UNLISTED}, {"published_at": None}]
)
def test_a_tag_has_what_is_listed(storage: Any, channel: Any, changes: dict[str, Any]) -> None:
    video = publish(storage, channel, tags=["knots", "узлы"])

    def tag(**changed: Any) -> None:
        with storage.uow() as uow:
            stored = uow.videos.get(video.id)
            for name, value in changed.items():
                setattr(stored, name, value)
            uow.videos.tag(stored)
            uow.commit()

    def tagged(name: str) -> int:
        page = storage.video_reader.listed(PageRequest(), only=VideoFilter(tag=name))
        return len(page.items)

    tag()
    assert (tagged("knots"), tagged("узлы"), tagged("bends")) == (1, 1, 0)
    tag(tags=["bends"])
    assert (tagged("knots"), tagged("узлы"), tagged("bends")) == (0, 0, 1)
    tag(**changes)
    assert tagged("bends") == 0


@pytest.mark.parametrize("same_time", [False, True])
def test_pages_go_through_the_list_once(storage: Any, channel: Any, same_time: bool) -> None:
    at = [NOW if same_time else NOW + timedelta(seconds=n) for n in range(5)]
    made = [publish(storage, channel, published_at=time) for time in at]
    made.sort(key=lambda video: (video.published_at, video.id), reverse=True)
    seen: list[str] = []
    request = PageRequest(limit=2)
    while True:
        page = storage.video_reader.listed(request)
        seen += [video.id for video in page.items]
        # A newer one while paging neither repeats nor hides another.
        publish(storage, channel, published_at=NOW + timedelta(days=len(seen)))
        if page.next is None:
            break
        request = PageRequest(limit=2, after=page.next)
    assert seen == [video.id for video in made]


def test_the_owner_sees_every_state(storage: Any, channel: Any) -> None:
    states = list(ProcessingState)
    made = [
        make_video(channel, state=state, upload_date=NOW + timedelta(seconds=n))
        for n, state in enumerate(states)
    ]
    for video in made:
        add(storage, videos=video)
    first = storage.video_reader.of_owner(channel.user_id, PageRequest(limit=4))
    rest = storage.video_reader.of_owner(
        channel.user_id, PageRequest(limit=4, after=first.next)
    )
    seen = [*first.items, *rest.items]
    assert [video.state for video in seen] == states[::-1]
    with storage.uow() as uow:
        assert uow.uploads.bytes_of(channel.user_id) == 1000 * len(states)
        uow.uploads.add(make_upload(make_user(id=channel.user_id), length=77))
        assert uow.uploads.bytes_of(channel.user_id) == 1000 * len(states) + 77
        assert uow.uploads.bytes_of("nobody") == 0
        uow.commit()
    assert storage.video_reader.bytes_of(channel.user_id) == 1000 * len(states) + 77
    assert storage.video_reader.bytes_of("nobody") == 0


def test_a_deleted_video_is_gone_and_its_files_are_a_job(storage: Any, channel: Any) -> None:
    video = publish(storage, channel)
    with storage.uow() as uow:
        found = uow.videos.get(video.id)
        found.deleted()
        uow.videos.remove(found)
        uow.commit()
    assert storage.video_reader.get(video.id) is None
    with storage.uow() as uow:
        (job_id,) = uow.jobs.due(NOW + timedelta(days=1000), 10)
        job = uow.jobs.get(job_id)
    assert job.kind is JobKind.REMOVE_MEDIA
    assert job.subject == f"{video.id} {video.original}"


def test_all_videos_and_all_uploads_are_read(storage: Any, channel: Any) -> None:
    made = [publish(storage, channel) for _ in range(3)]
    uploads = [make_upload(make_user(id=channel.user_id)) for _ in range(2)]
    for upload in uploads:
        add(storage, uploads=upload)
    read = list(storage.video_reader.all())
    assert sorted(video.id for video in read) == sorted(video.id for video in made)
    assert {video.original for video in read} == {video.original for video in made}
    assert set(storage.video_reader.uploads()) == {upload.id for upload in uploads}


def test_what_jobs_of_a_kind_are_about(storage: Any) -> None:
    add(storage, jobs=make_job(kind=JobKind.REMOVE_MEDIA, subject="video1 originals/1"))
    add(storage, jobs=make_job(kind=JobKind.SETTLE_ORIGINAL, subject="video2"))
    with storage.uow() as uow:
        assert uow.jobs.subjects(JobKind.REMOVE_MEDIA) == ["video1 originals/1"]
        assert uow.jobs.subjects(JobKind.SEND_MAIL) == []


def test_a_new_job_is_hinted_at_after_the_commit(storage: Any, hints: FakeHints) -> None:
    job = make_job()
    with storage.uow() as uow:
        uow.jobs.add(job)
        assert hints.hinted == []
        uow.commit()
    assert hints.hinted == [job.id]


def test_due_jobs_are_those_that_nobody_holds(storage: Any) -> None:
    waiting, later, held, lapsed = (make_job() for _ in range(4))
    waiting.next_at = NOW - timedelta(seconds=2)
    later.next_at = NOW + timedelta(seconds=1)
    held.lease("w", NOW)
    lapsed.lease("w", NOW - timedelta(minutes=1))
    for job in (lapsed, held, later, waiting):
        add(storage, jobs=job)
    with storage.uow() as uow:
        assert list(uow.jobs.due(NOW, 10)) == [waiting.id, lapsed.id]
        assert list(uow.jobs.due(NOW, 1)) == [waiting.id]
        assert {job.id for job in uow.jobs.leased_by("w")} == {held.id, lapsed.id}


def test_only_the_newest_lease_holds(storage: Any) -> None:
    job = make_job()
    first = job.lease("one", NOW)
    add(storage, jobs=job)
    with storage.uow() as uow:
        second = uow.jobs.held(first).lease("two", NOW + timedelta(minutes=1))
        uow.commit()
    with storage.uow() as uow:
        with pytest.raises(LeaseLost):
            uow.jobs.held(first)
        uow.jobs.remove(uow.jobs.held(second))
        uow.commit()
    with storage.uow() as uow, pytest.raises(LeaseLost):
        uow.jobs.held(second)


def test_expired_uploads_are_found(storage: Any, user: Any) -> None:
    fresh, expired = make_upload(user), make_upload(user)
    fresh.expires_at = NOW + timedelta(seconds=1)
    add(storage, uploads=fresh)
    add(storage, uploads=expired)
    with storage.uow() as uow:
        assert [upload.id for upload in uow.uploads.expired(NOW)] == [expired.id]
        uow.uploads.remove(uow.uploads.get(expired.id))
        uow.commit()
    with storage.uow() as uow:
        assert uow.uploads.get(expired.id) is None
        assert uow.uploads.get(fresh.id).size is None
