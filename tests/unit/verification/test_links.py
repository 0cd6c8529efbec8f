"""Links that are mailed: what they open, once, and what ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.hall import ANOTHER, EMAIL, PASSWORD, Hall
from videohub_core.accounts.errors import WrongCredentials
from videohub_core.mail.entities import MailKind
from videohub_core.mail.errors import MailDeferred
from videohub_core.shared.errors import InvalidInput
from videohub_core.verification.entities import Purpose
from videohub_core.verification.errors import LinkNotValid

VERIFY, RESET = MailKind.VERIFY_EMAIL, MailKind.RESET_PASSWORD


def test_a_link_proves_the_address_once(hall: Hall) -> None:
    hall.register()
    token = hall.token()
    hall.confirm(token)
    assert hall.stored().email_verified
    hall.sign_in()
    with pytest.raises(LinkNotValid):
        hall.confirm(token)


def test_only_the_hash_of_a_link_is_stored(hall: Hall) -> None:
    hall.register()
    assert not hall.storage.rows.links, "it is made when the mail leaves"
    token = hall.token()
    rows = hall.storage.rows
    assert len(rows.links) == 1
    assert token not in str([vars(row) for row in [*rows.links.values(), *rows.jobs.values()]])


@pytest.mark.parametrize(
    ("kind", "lasts"), [(VERIFY, timedelta(hours=24)), (RESET, timedelta(hours=1))]
)
def test_a_link_ends(hall: Hall, kind: MailKind, lasts: timedelta) -> None:
    hall.register()
    hall.mails()
    for late in (False, True):
        hall.ask(kind)
        token = hall.token()
        hall.clock.pass_(lasts - timedelta(microseconds=not late))
        if late:
            with pytest.raises(LinkNotValid):
                hall.confirm(token) if kind is VERIFY else hall.reset(token)
        elif kind is RESET:
            hall.reset(token)
            hall.mails()


@pytest.mark.parametrize("token", ["", "made up", "\ud800", "x" * 1000])
def test_what_is_no_link_opens_nothing(hall: Hall, token: str) -> None:
    hall.member()
    with pytest.raises(LinkNotValid):
        hall.confirm(token)
    with pytest.raises(LinkNotValid):
        hall.reset(token)


def test_a_link_is_for_one_purpose(hall: Hall) -> None:
    hall.register()
    verify = hall.token()
    hall.ask(RESET)
    reset = hall.token()
    with pytest.raises(LinkNotValid):
        hall.reset(verify)
    with pytest.raises(LinkNotValid):
        hall.confirm(reset)


def test_asking_again_leaves_the_first_link_and_using_one_ends_both(hall: Hall) -> None:
    hall.register()
    first = hall.token()
    hall.ask(VERIFY)
    second = hall.token()
    assert first != second
    hall.confirm(first)
    with pytest.raises(LinkNotValid):
        hall.confirm(second)


def test_a_reset_changes_the_password_and_ends_every_session(hall: Hall) -> None:
    hall.member()
    sessions = [hall.sign_in(), hall.sign_in()]
    hall.ask(RESET)
    token = hall.token()
    hall.reset(token)
    assert not any(map(hall.is_alive, sessions))
    with pytest.raises(WrongCredentials):
        hall.sign_in(PASSWORD)
    hall.sign_in(ANOTHER)
    (mail,) = hall.mails()
    assert (mail.kind, mail.to) == (MailKind.PASSWORD_CHANGED, EMAIL)
    with pytest.raises(LinkNotValid):
        hall.reset(token)


def test_a_reset_proves_the_address(hall: Hall) -> None:
    hall.register()
    verify = hall.token()
    hall.ask(RESET)
    hall.reset(hall.token())
    hall.sign_in(ANOTHER)
    with pytest.raises(LinkNotValid):
        hall.confirm(verify)


def test_a_password_that_is_none_leaves_the_link(hall: Hall) -> None:
    hall.member()
    hall.ask(RESET)
    token = hall.token()
    with pytest.raises(InvalidInput):
        hall.reset(token, "short")
    hall.reset(token)


@pytest.mark.parametrize("change", ["password", "email"])
def test_a_reset_ends_with_the_password_and_with_the_address(hall: Hall, change: str) -> None:
    anna = hall.member()
    hall.ask(RESET)
    token = hall.token()
    if change == "password":
        hall.change_password(anna)
    else:
        hall.edit(anna, email="anna@elsewhere.test", current_password=PASSWORD)
        hall.confirm(hall.mails()[0].values["token"])
    with pytest.raises(LinkNotValid):
        hall.reset(token)


def test_a_reset_is_of_the_present_address_only(hall: Hall) -> None:
    anna = hall.member()
    hall.edit(anna, email="anna@elsewhere.test", current_password=PASSWORD)
    hall.mails()
    hall.ask(RESET, "anna@elsewhere.test")
    assert hall.mails() == []


def test_a_reset_ends_the_wish_for_another_address(hall: Hall) -> None:
    hall.edit(hall.member(), email="eve@example.test", current_password=PASSWORD)
    hall.mailer.fails = MailDeferred()
    hall.mails()
    hall.mailer.fails = None
    hall.ask(RESET)
    hall.reset(hall.token())
    hall.clock.pass_(timedelta(hours=1))
    assert EMAIL in (sent := [mail.to for mail in hall.mails()])
    assert "eve@example.test" not in sent


def test_asking_writes_the_same_rows_whoever_it_is(hall: Hall) -> None:
    hall.member()
    for kind in (VERIFY, RESET):
        shapes = []
        for email in (EMAIL, "nobody@example.test"):
            links = len(hall.storage.rows.links)
            hall.ask(kind, email, "ru")
            rows = hall.storage.rows
            (job,), (mail,) = rows.jobs.values(), rows.mails.values()
            shapes.append((job.kind, mail.kind, mail.user_id, mail.locale))
            assert len(rows.links) == links
            hall.mails()
        assert shapes[0] == shapes[1]


def test_asking_with_what_is_no_address_is_refused(hall: Hall) -> None:
    with pytest.raises(InvalidInput):
        hall.ask(RESET, "nobody")
    assert hall.storage.rows.jobs == {}


def test_every_purpose_has_an_end() -> None:
    assert all(purpose.lasts > timedelta() for purpose in Purpose)
