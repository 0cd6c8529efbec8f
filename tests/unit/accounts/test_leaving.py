"""Where one is signed in, and leaving for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import make_channel, make_upload, make_user, make_video
from tests.fakes.simple import FakeClock, FakePasswords
from tests.fakes.storage import FakeStorage
from videohub_core.accounts.entities import SESSION_IDLE, Session
from videohub_core.accounts.errors import (
    LastAdmin,
    NoSuchSession,
    NoSuchUser,
    NotYourself,
    PasswordNeeded,
)
from videohub_core.accounts.policies import FRESH, OwnerCheck
from videohub_core.accounts.use_cases.delete_account import DeleteAccount
from videohub_core.accounts.use_cases.end_session import EndSession
from videohub_core.accounts.use_cases.list_sessions import ListSessions
from videohub_core.jobs.entities import JobKind
from videohub_core.shared.actor import OPERATOR, Actor, Role
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.ids import UserId


@pytest.fixture
def member(fake_storage: FakeStorage) -> Any:
    return add(fake_storage, password_hash=FakePasswords().hash("right"))


def add(storage: FakeStorage, **fields: Any) -> Any:
    user = make_user(**fields)
    with storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(make_channel(user))
        uow.commit()
    return user


def start_session(storage: FakeStorage, user: Any, clock: FakeClock, token: str) -> str:
    hashed = Session.hash(token)
    with storage.uow() as uow:
        now = clock.now()
        uow.sessions.add(
            Session(token_hash=hashed, user_id=user.id, created=now, last_used=now)
        )
        uow.commit()
    return Session.public_id(hashed)


def leaving(storage: FakeStorage, clock: FakeClock) -> DeleteAccount:
    check = OwnerCheck(storage.account_reader, FakePasswords(), clock)
    return DeleteAccount(storage.uow(), check, clock)


def test_a_member_sees_and_ends_their_own_sessions(
    fake_storage: FakeStorage, clock: FakeClock, member: Any
) -> None:
    anna = Actor(member.id)
    old = start_session(fake_storage, member, clock, "old")
    clock.pass_(SESSION_IDLE)
    first = start_session(fake_storage, member, clock, "first")
    clock.pass_(timedelta(hours=1))
    second = start_session(fake_storage, member, clock, "second")
    sessions = ListSessions(fake_storage.account_reader, clock)(actor=anna)
    assert [Session.public_id(one.token_hash) for one in sessions] == [second, first]
    end = EndSession(fake_storage.uow())
    with pytest.raises(NoSuchSession):
        end(actor=Actor(add(fake_storage).id), session_id=first)
    end(actor=anna, session_id=first)
    with pytest.raises(NoSuchSession):
        end(actor=anna, session_id=first)
    left = {Session.public_id(row) for row in fake_storage.rows.sessions}
    assert left == {old, second}


def test_leaving_takes_the_password(
    fake_storage: FakeStorage, clock: FakeClock, member: Any
) -> None:
    leave = leaving(fake_storage, clock)
    for password in (None, "", "wrong"):
        with pytest.raises(PasswordNeeded):
            leave(actor=Actor(member.id), password=password, signed_in=clock.now())
    leave(actor=Actor(member.id), password="right", signed_in=None)
    assert fake_storage.rows.users == {}


def test_leaving_takes_the_password_that_there_is_in_the_end(
    fake_storage: FakeStorage, clock: FakeClock, member: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_passwords: FakePasswords, _stored: str | None, _password: str) -> bool:
        fake_storage.rows.users[member.id].password_hash = "hash of the owner's new one"
        return True

    monkeypatch.setattr(FakePasswords, "verify", slow)
    with pytest.raises(PasswordNeeded):
        leaving(fake_storage, clock)(actor=Actor(member.id), password="right", signed_in=None)
    assert fake_storage.rows.users


def test_without_a_password_leaving_takes_a_fresh_sign_in(
    fake_storage: FakeStorage, clock: FakeClock
) -> None:
    user = add(fake_storage)
    leave = leaving(fake_storage, clock)
    signed_in = clock.now()
    clock.pass_(FRESH + timedelta(seconds=1))
    for then in (None, signed_in):
        with pytest.raises(PasswordNeeded):
            leave(actor=Actor(user.id), password="", signed_in=then)
    leave(actor=Actor(user.id), password=None, signed_in=signed_in + timedelta(seconds=1))
    assert fake_storage.rows.users == {}


def test_whoever_leaves_leaves_nothing_and_others_lose_nothing(
    fake_storage: FakeStorage, clock: FakeClock, member: Any
) -> None:
    other = add(fake_storage)
    for user in (member, other):
        start_session(fake_storage, user, clock, f"token of {user.id}")
        with fake_storage.uow() as uow:
            uow.videos.add(make_video(uow.channels.of_user(user.id)))
            uow.uploads.add(make_upload(user))
            uow.commit()
    leaving(fake_storage, clock)(actor=Actor(member.id), password="right", signed_in=None)
    rows = fake_storage.rows
    for table in (rows.users, rows.channels, rows.videos, rows.uploads, rows.sessions):
        (left,) = table.values()
        assert other.id in (getattr(left, name, None) for name in ("id", "user_id", "owner_id"))
    # The files go by jobs: of the video, and of the upload that was not finished.
    kinds = [job.kind for job in rows.jobs.values()]
    assert kinds.count(JobKind.REMOVE_MEDIA) == 2
    (entry,) = rows.audit
    assert (entry.action, entry.subject_id) == ("delete_account", member.id)


def test_the_last_admin_stays(fake_storage: FakeStorage, clock: FakeClock) -> None:
    admin = add(fake_storage, role=Role.ADMIN)
    leave = leaving(fake_storage, clock)
    with pytest.raises(LastAdmin):
        leave(actor=Actor(admin.id, Role.ADMIN), password=None, signed_in=clock.now())
    with pytest.raises(LastAdmin):
        leave.of_another(actor=OPERATOR, user_id=admin.id)
    add(fake_storage, role=Role.ADMIN)
    leave.of_another(actor=OPERATOR, user_id=admin.id)
    with pytest.raises(NoSuchUser):
        leave.of_another(actor=OPERATOR, user_id=admin.id)


def test_an_admin_proves_themselves_to_leave(
    fake_storage: FakeStorage, clock: FakeClock
) -> None:
    admins = [add(fake_storage, role=Role.ADMIN) for _ in range(2)]
    with pytest.raises(NotYourself):
        leaving(fake_storage, clock).of_another(
            actor=Actor(admins[0].id, Role.ADMIN), user_id=admins[0].id
        )


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR])
def test_only_admins_delete_somebody(
    fake_storage: FakeStorage, clock: FakeClock, member: Any, role: Role
) -> None:
    actor = Actor(UserId("x"), role)
    with pytest.raises(NotAllowed):
        leaving(fake_storage, clock).of_another(actor=actor, user_id=member.id)
    assert member.id in fake_storage.rows.users
