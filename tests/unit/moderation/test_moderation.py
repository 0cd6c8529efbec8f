"""What is kept of acts on accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.entities import make_channel, make_user
from tests.fakes.simple import FakeClock
from tests.fakes.storage import FakeStorage
from videohub_core.accounts.use_cases.ban_user import BanUser
from videohub_core.accounts.use_cases.change_role import ChangeRole
from videohub_core.accounts.use_cases.unban_user import UnbanUser
from videohub_core.moderation.entities import DETAIL_MOST
from videohub_core.moderation.use_cases.read_audit import ReadAudit
from videohub_core.shared.actor import OPERATOR, Actor, Role
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import PageRequest


@pytest.fixture
def anna(fake_storage: FakeStorage) -> Actor:
    user = make_user(display_name="Anna")
    with fake_storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(make_channel(user))
        uow.commit()
    return Actor(user.id)


def acts(storage: FakeStorage) -> list[tuple[str, str | None]]:
    page = ReadAudit(storage.audit_reader)(actor=OPERATOR, page=PageRequest())
    return [(act.action, act.detail) for act in page.items]


def test_acts_on_an_account_are_kept(
    fake_storage: FakeStorage, clock: FakeClock, anna: Actor
) -> None:
    until = clock.now() + timedelta(days=1)
    ban = BanUser(fake_storage.uow(), clock)
    change = ChangeRole(fake_storage.uow(), clock)
    for act in (
        lambda: ban(actor=OPERATOR, user_id=anna.id, reason="spam", until=until),
        lambda: ban(actor=OPERATOR, user_id=anna.id),
        lambda: UnbanUser(fake_storage.uow())(actor=OPERATOR, user_id=anna.id),
        lambda: change(actor=OPERATOR, user_id=anna.id, role=Role.MODERATOR),
    ):
        act()
        clock.pass_(timedelta(seconds=1))
    assert acts(fake_storage) == [
        ("change_role", "moderator"),
        ("unban", None),
        ("ban", None),
        ("ban", f"until {until.isoformat()}: spam"),
    ]
    newest = fake_storage.audit_reader.entries(PageRequest()).items[0]
    assert (newest.actor_id, newest.actor_name) == (OPERATOR.id, None)
    assert (newest.subject_id, newest.subject_name) == (anna.id, "Anna")


def test_what_changed_nothing_is_not_kept(
    fake_storage: FakeStorage, clock: FakeClock, anna: Actor
) -> None:
    UnbanUser(fake_storage.uow())(actor=OPERATOR, user_id=anna.id)
    change = ChangeRole(fake_storage.uow(), clock)
    change(actor=OPERATOR, user_id=anna.id, role=Role.MEMBER)
    assert acts(fake_storage) == []


def test_a_long_reason_fits(fake_storage: FakeStorage, clock: FakeClock, anna: Actor) -> None:
    ban = BanUser(fake_storage.uow(), clock)
    until = clock.now() + timedelta(days=1)
    ban(actor=OPERATOR, user_id=anna.id, reason="r" * 500, until=until)
    detail = acts(fake_storage)[0][1]
    assert detail is not None
    assert detail.endswith("r" * 500)
    assert len(detail) <= DETAIL_MOST


def test_members_do_not_read_it(fake_storage: FakeStorage) -> None:
    read = ReadAudit(fake_storage.audit_reader)
    with pytest.raises(NotAllowed):
        read(actor=Actor(UserId("x")), page=PageRequest())
    read(actor=Actor(UserId("x"), Role.MODERATOR), page=PageRequest())
