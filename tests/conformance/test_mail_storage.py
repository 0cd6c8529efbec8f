"""What is promised of mails, mailed links and invitations, whatever is below."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conformance.test_storage import add
from tests.factories.entities import NOW, make_channel, make_job, make_user, new_id
from tests.fakes.simple import FakeClock
from videohub_core.accounts.entities import Session
from videohub_core.accounts.errors import EmailTaken
from videohub_core.invitations.entities import Invitation, InvitationState
from videohub_core.jobs.entities import JobKind
from videohub_core.mail.entities import Mail, MailKind
from videohub_core.shared.ids import InvitationId, JobId
from videohub_core.shared.paging import PageRequest
from videohub_core.verification.entities import MailedLink, Purpose

HOUR = timedelta(hours=1)


@pytest.fixture
def user(storage: Any) -> Any:
    user = make_user(password_hash="h")
    add(storage, users=user)
    add(storage, channels=make_channel(user))
    return user


def make_mail(**fields: Any) -> Mail:
    values = {
        "id": JobId(new_id("mail")),
        "kind": MailKind.RESET_PASSWORD,
        "address": "anna@пример.test",
        "user_id": None,
        "locale": "ru",
        "created": NOW,
    }
    return Mail(**{**values, **fields})


def make_link(user: Any, **fields: Any) -> MailedLink:
    link = MailedLink.make("token", Purpose.RESET_PASSWORD, user, user.email, NOW)
    for name, value in fields.items():
        setattr(link, name, value)
    return link


def make_invitation(**fields: Any) -> Invitation:
    id_ = InvitationId(new_id("inv"))
    values = {
        "id": id_,
        "token_hash": f"hash of {id_}",
        "created": NOW,
        "expires_at": NOW + HOUR,
    }
    return Invitation(**{**values, **fields})


@pytest.mark.parametrize("kind", MailKind)
def test_a_mail_waits_until_it_is_removed(storage: Any, user: Any, kind: MailKind) -> None:
    mail = make_mail(kind=kind, user_id=user.id, address="x" * 254)
    add(storage, mails=mail)
    with storage.uow() as uow:
        found = uow.mails.get(mail.id)
        assert (
            vars(found).items()
            >= {
                "kind": kind,
                "address": "x" * 254,
                "user_id": user.id,
                "locale": "ru",
                "created": NOW,
            }.items()
        )
        uow.mails.remove(found)
        uow.commit()
    with storage.uow() as uow:
        assert uow.mails.get(mail.id) is None


def test_a_mail_may_know_its_address_only(storage: Any) -> None:
    mail = make_mail(locale=None)
    add(storage, mails=mail)
    with storage.uow() as uow:
        found = uow.mails.get(mail.id)
    assert (found.address, found.user_id, found.locale) == (mail.address, None, None)


def test_a_link_is_found_by_its_hash(storage: Any, user: Any) -> None:
    link = make_link(user)
    add(storage, links=link)
    with storage.uow() as uow:
        assert uow.links.user_of(link.token_hash) == user.id
        found = uow.links.get(link.token_hash)
        assert (found.purpose, found.email) == (Purpose.RESET_PASSWORD, user.email)
        assert (found.made_for, found.expires_at) == (link.made_for, NOW + HOUR)
        assert uow.links.user_of("another") is None
        assert uow.links.get("another") is None


def test_links_of_a_purpose_go_together_and_others_stay(storage: Any, user: Any) -> None:
    other = make_user()
    add(storage, users=other)
    for name, whose, purpose in (
        ("a", user, Purpose.RESET_PASSWORD),
        ("b", user, Purpose.RESET_PASSWORD),
        ("c", user, Purpose.VERIFY_EMAIL),
        ("d", other, Purpose.RESET_PASSWORD),
    ):
        add(storage, links=make_link(whose, token_hash=name, purpose=purpose))
    with storage.uow() as uow:
        assert uow.links.get("a") is not None
        uow.links.remove_of(user.id, Purpose.RESET_PASSWORD)
        uow.commit()
    with storage.uow() as uow:
        assert [uow.links.get(name) is not None for name in "abcd"] == [
            False,
            False,
            True,
            True,
        ]


def test_links_that_are_over_go(storage: Any, user: Any) -> None:
    for name, ends in (("over", NOW), ("alive", NOW + timedelta(microseconds=1))):
        add(storage, links=make_link(user, token_hash=name, expires_at=ends))
    with storage.uow() as uow:
        uow.links.remove_expired(NOW)
        uow.commit()
    with storage.uow() as uow:
        assert [uow.links.get(name) is not None for name in ("over", "alive")] == [False, True]


def test_an_invitation_is_found_by_id_and_by_secret(storage: Any, user: Any) -> None:
    made = make_invitation(created_by=user.id, email="anna@example.test", note="Анне 😀")
    add(storage, invitations=made)
    with storage.uow() as uow:
        assert uow.invitations.get(made.id).note == "Анне 😀"
        found = uow.invitations.by_token(made.token_hash)
        assert (found.id, found.email, found.used_at) == (made.id, "anna@example.test", None)
        assert uow.invitations.by_token("another") is None
        found.use(user.id, NOW)
        uow.commit()
    with storage.uow() as uow:
        found = uow.invitations.get(made.id)
        assert (found.used_at, found.used_by) == (NOW, user.id)
        uow.invitations.remove(found)
        uow.commit()
    with storage.uow() as uow:
        assert uow.invitations.get(made.id) is None


def test_an_invitation_is_read_with_the_names_of_its_people(
    storage: Any, user: Any, clock: FakeClock
) -> None:
    guest = make_user(display_name="Гость")
    add(storage, users=guest)
    ends = clock.now() + HOUR
    made = make_invitation(created_by=user.id, expires_at=ends)
    add(storage, invitations=made)
    reader = storage.invitation_reader
    view = reader.one(made.id)
    assert (view.inviter, view.created_by) == (user.display_name, user.id)
    assert (view.member, view.used_by, view.used_at) == (None, None, None)
    assert (view.state, view.expires_at) == (InvitationState.WAITING, ends)
    assert reader.by_token(made.token_hash) == view
    with storage.uow() as uow:
        uow.invitations.get(made.id).use(guest.id, NOW)
        uow.commit()
    view = reader.one(made.id)
    assert (view.state, view.member) == (InvitationState.USED, "Гость")
    assert reader.one(InvitationId("nothing")) is None
    assert reader.by_token("nothing") is None


@pytest.mark.parametrize(
    ("left", "state"),
    [(timedelta(microseconds=1), "waiting"), (timedelta(), "expired")],
)
def test_an_invitation_ends_by_itself(
    storage: Any, clock: FakeClock, left: timedelta, state: str
) -> None:
    made = make_invitation(expires_at=clock.now() + left)
    add(storage, invitations=made)
    view = storage.invitation_reader.one(made.id)
    assert view.state.value == state
    assert (view.created_by, view.inviter) == (None, None)


def test_what_a_user_has_made_goes_unless_somebody_came_with_it(
    storage: Any, user: Any
) -> None:
    used, waiting = (make_invitation(created_by=user.id) for _ in range(2))
    used.use(user.id, NOW)
    others = make_invitation()
    for made in (used, waiting, others):
        add(storage, invitations=made)
    with storage.uow() as uow:
        uow.invitations.remove_unused_of(user.id)
        uow.commit()
    left = [storage.invitation_reader.one(made.id) for made in (used, waiting, others)]
    assert [view is not None for view in left] == [True, False, True]


@pytest.mark.parametrize("email", ["anna@example.test", None])
def test_invitations_of_who_leaves_are_forgotten(
    storage: Any, user: Any, email: str | None
) -> None:
    used, named, others = (make_invitation(created_by=None) for _ in range(3))
    used.use(user.id, NOW)
    named.email = "anna@example.test"
    for made in (used, named, others):
        add(storage, invitations=made)
    with storage.uow() as uow:
        uow.invitations.forget(user.id, email)
        uow.commit()
    left = [storage.invitation_reader.one(made.id) for made in (used, named, others)]
    assert [view is not None for view in left] == [False, email is None, True]


def test_invitations_are_paged_freshest_first(storage: Any, user: Any) -> None:
    made = [
        make_invitation(
            created=NOW + timedelta(seconds=n // 2), created_by=user.id if n % 2 else None
        )
        for n in range(6)
    ]
    for one in made:
        add(storage, invitations=one)
    newest_first = sorted(made, key=lambda one: (one.created, one.id), reverse=True)
    for of in (None, user.id):
        expected = [one.id for one in newest_first if of in (None, one.created_by)]
        found: list[str] = []
        page = storage.invitation_reader.all(PageRequest(limit=2), of=of)
        while True:
            assert len(page.items) <= 2
            found += [view.id for view in page.items]
            if page.next is None:
                break
            request = PageRequest(limit=2, after=page.next)
            page = storage.invitation_reader.all(request, of=of)
        assert found == expected


def test_jobs_of_one_kind_are_found_among_others(storage: Any) -> None:
    for kind in JobKind:
        add(storage, jobs=make_job(id=JobId(kind.value), kind=kind))
    with storage.uow() as uow:
        assert uow.jobs.due(NOW, 10, JobKind.SEND_MAIL) == ["send_mail"]
        assert uow.jobs.due(NOW - HOUR, 10, JobKind.SEND_MAIL) == []
        short = [kind.value for kind in JobKind if not kind.takes_long]
        assert sorted(uow.jobs.due(NOW, 10)) == sorted(short)


def test_another_address_is_taken_over_as_proved(storage: Any, user: Any) -> None:
    with storage.uow() as uow:
        found = uow.users.get(user.id)
        found.pending_email = "new@example.test"
        uow.commit()
    assert storage.account_reader.user(user.id).pending_email == "new@example.test"
    with storage.uow() as uow:
        uow.users.change_email(uow.users.get(user.id), "new@example.test")
        uow.commit()
    view = storage.account_reader.by_email("new@example.test")
    assert (view.id, view.email_verified, view.pending_email) == (user.id, True, None)
    assert storage.account_reader.by_email(user.email) is None


def test_an_address_that_has_an_account_is_not_taken_over(storage: Any, user: Any) -> None:
    other = make_user()
    add(storage, users=other)
    with pytest.raises(EmailTaken), storage.uow() as uow:
        uow.users.change_email(uow.users.get(user.id), other.email)
    with storage.uow() as uow:
        assert uow.users.get(user.id).email == user.email


def test_the_sessions_of_a_user(storage: Any, user: Any) -> None:
    other = make_user()
    add(storage, users=other)
    for name, whose in (("a", user), ("b", user), ("c", other)):
        session = Session(token_hash=name, user_id=whose.id, created=NOW, last_used=NOW)
        add(storage, sessions=session)
    with storage.uow() as uow:
        found = uow.sessions.of_user(user.id)
        assert sorted(session.token_hash for session in found) == ["a", "b"]


def test_the_password_of_a_user(storage: Any, user: Any) -> None:
    assert storage.account_reader.password_hash(user.id) == "h"
    assert storage.account_reader.password_hash("nobody") is None
