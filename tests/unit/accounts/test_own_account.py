"""What members change about their own account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from tests.factories.hall import ANOTHER, EMAIL, PASSWORD, Hall
from tests.fakes.simple import FakePasswords
from videohub_core.accounts.errors import (
    AccountChanged,
    NoSuchUser,
    PasswordNeeded,
    WrongCredentials,
)
from videohub_core.accounts.events import PasswordChanged
from videohub_core.accounts.policies import FRESH
from videohub_core.accounts.use_cases.has_password import HasPassword
from videohub_core.mail.entities import MailKind
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.ids import UserId
from videohub_core.verification.errors import LinkNotValid

NEW = "anna@elsewhere.test"


@pytest.fixture
def anna(hall: Hall) -> Actor:
    return hall.member()


def test_what_is_given_changes_and_nothing_else(hall: Hall, anna: Actor) -> None:
    hall.edit(anna, display_name=" Аня ", locale="ru", phone="8 (701) 707-55-66")
    user = hall.stored()
    assert (user.display_name, user.locale, user.phone) == ("Аня", "ru", "+77017075566")
    hall.edit(anna, locale=None, phone=None)
    user = hall.stored()
    assert (user.display_name, user.locale, user.phone) == ("Аня", None, None)
    hall.edit(anna)
    assert hall.stored().details == user.details
    assert hall.mails() == []


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"display_name": None}, {("/display_name", "required")}),
        ({"display_name": " "}, {("/display_name", "required")}),
        ({"display_name": "a\nb"}, {("/display_name", "invalid_character")}),
        ({"locale": "de"}, {("/locale", "invalid_choice")}),
        ({"locale": ""}, {("/locale", "invalid_choice")}),
        ({"phone": "123"}, {("/phone", "invalid_phone")}),
        ({"phone": ""}, {("/phone", "invalid_phone")}),
        ({"email": None}, {("/email", "invalid_email")}),
        ({"email": "nobody"}, {("/email", "invalid_email")}),
        (
            {"email": "x", "phone": "x", "locale": "x", "display_name": ""},
            {
                ("/email", "invalid_email"),
                ("/phone", "invalid_phone"),
                ("/locale", "invalid_choice"),
                ("/display_name", "required"),
            },
        ),
    ],
)
def test_every_wrong_field_is_named_and_nothing_changes(
    hall: Hall, anna: Actor, given: dict[str, Any], errors: set[tuple[str, str]]
) -> None:
    before = hall.stored().details
    with pytest.raises(InvalidInput) as caught:
        hall.edit(anna, **{"phone": "8 701 707 55 66", "display_name": "Аня", **given})
    assert {(error.pointer, error.code) for error in caught.value.errors} == errors
    assert hall.stored().details == before


def test_nobody_edits_what_is_not_theirs_to_edit(hall: Hall, anna: Actor) -> None:
    with pytest.raises(ValueError, match="role"):
        hall.edit(anna, role="admin")
    with pytest.raises(NoSuchUser):
        hall.edit(Actor(UserId("nobody")), locale="ru")


def test_another_address_waits_until_it_is_proved(hall: Hall, anna: Actor) -> None:
    hall.edit(anna, email=NEW.upper(), current_password=PASSWORD)
    user = hall.stored()
    assert (user.email, user.pending_email) == (EMAIL, NEW)
    to_new, to_old = hall.mails()
    assert (to_new.kind, to_new.to) == (MailKind.CONFIRM_NEW_EMAIL, NEW)
    assert (to_old.kind, to_old.to) == (MailKind.EMAIL_CHANGES, EMAIL)
    # Only a proved address is greeted by name, and only its own owner's.
    assert "name" not in to_new.values
    assert (to_old.values["name"], "token" in to_old.values) == ("Анна", False)
    hall.confirm(to_new.values["token"])
    user = hall.stored(NEW)
    assert (user.email_verified, user.pending_email) == (True, None)
    hall.sign_in(email=NEW)
    with pytest.raises(WrongCredentials):
        hall.sign_in()


@pytest.mark.parametrize("password", [None, "", "not this one"])
def test_another_address_needs_the_password(
    hall: Hall, anna: Actor, password: str | None
) -> None:
    with pytest.raises(PasswordNeeded):
        hall.edit(anna, email=NEW, display_name="Аня", current_password=password)
    assert (hall.stored().pending_email, hall.stored().display_name) == (None, "Анна")
    assert hall.mails() == []


def test_one_who_has_no_password_has_signed_in_just_now(hall: Hall, anna: Actor) -> None:
    with hall.storage.uow() as uow:
        user = uow.users.get(anna.id)
        assert user is not None
        user.password_hash = None
        uow.commit()
    for signed_in in (None, hall.clock.now() - FRESH - timedelta(seconds=1)):
        with pytest.raises(PasswordNeeded):
            hall.edit(anna, email=NEW, signed_in=signed_in)
    assert hall.stored().pending_email is None
    hall.edit(anna, email=NEW, signed_in=hall.clock.now() - FRESH)
    assert hall.stored().pending_email == NEW


def test_whether_there_is_a_password(hall: Hall, anna: Actor) -> None:
    has_password = HasPassword(hall.storage.account_reader)
    assert has_password(actor=anna)
    with hall.storage.uow() as uow:
        user = uow.users.get(anna.id)
        assert user is not None
        user.password_hash = None
        uow.commit()
    assert not has_password(actor=anna)


def test_the_present_address_takes_the_wish_back(hall: Hall, anna: Actor) -> None:
    hall.edit(anna, email=NEW, current_password=PASSWORD)
    token = hall.mails()[0].values["token"]
    hall.edit(anna, email=EMAIL)
    assert hall.stored().pending_email is None
    assert hall.mails() == []
    with pytest.raises(LinkNotValid):
        hall.confirm(token)


def test_the_last_wish_counts(hall: Hall, anna: Actor) -> None:
    hall.edit(anna, email=NEW, current_password=PASSWORD)
    first = hall.mails()[0].values["token"]
    hall.edit(anna, email="anna@third.test", current_password=PASSWORD)
    second = hall.mails()[0].values["token"]
    with pytest.raises(LinkNotValid):
        hall.confirm(first)
    hall.confirm(second)
    assert hall.stored("anna@third.test").id == anna.id


def test_whether_an_address_is_taken_is_not_told(hall: Hall, anna: Actor) -> None:
    hall.member(email="boris@example.test")
    hall.edit(anna, email="boris@example.test", current_password=PASSWORD)
    assert hall.stored().pending_email == "boris@example.test"
    to_boris, _ = hall.mails()
    assert (to_boris.kind, to_boris.to) == (MailKind.EMAIL_IN_USE, "boris@example.test")
    assert "token" not in to_boris.values


def test_an_address_that_was_taken_meanwhile_is_not_taken_over(hall: Hall, anna: Actor) -> None:
    hall.edit(anna, email=NEW, current_password=PASSWORD)
    token = hall.mails()[0].values["token"]
    hall.register(email=NEW)
    with pytest.raises(LinkNotValid):
        hall.confirm(token)
    assert hall.stored().id == anna.id


def test_whoever_has_seen_something_else_is_told(hall: Hall, anna: Actor) -> None:
    seen = hall.stored().details
    hall.edit(anna, locale="ru", seen=seen)
    with pytest.raises(AccountChanged):
        hall.edit(anna, locale="en", seen=seen)
    hall.edit(anna, locale="en", seen=replace(seen, locale="ru"))


def test_another_password_ends_every_other_session(hall: Hall, anna: Actor) -> None:
    here, there = hall.sign_in(), hall.sign_in()
    hall.change_password(anna, keep=here)
    assert (hall.is_alive(here), hall.is_alive(there)) == (True, False)
    hall.sign_in(ANOTHER)
    with pytest.raises(WrongCredentials):
        hall.sign_in()
    (mail,) = hall.mails()
    assert (mail.kind, mail.to) == (MailKind.PASSWORD_CHANGED, EMAIL)
    assert mail.values["name"] == "Анна"


def test_another_password_ends_the_wish_for_another_address(hall: Hall, anna: Actor) -> None:
    hall.edit(anna, email=NEW, current_password=PASSWORD)
    token = hall.mails()[0].values["token"]
    hall.change_password(anna)
    with pytest.raises(LinkNotValid):
        hall.confirm(token)


def test_others_hear_of_another_password(hall: Hall, anna: Actor) -> None:
    heard: list[PasswordChanged] = []
    hall.storage._reactions = {PasswordChanged: [lambda _, event: heard.append(event)]}
    hall.change_password(anna)
    assert heard == [PasswordChanged(anna.id)]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"current_password": "not this one"}, PasswordNeeded),
        ({"new_password": "short"}, InvalidInput),
        ({"new_password": "x" * 257}, InvalidInput),
        ({"new_password": "two\nlines of it"}, InvalidInput),
    ],
)
def test_a_password_that_is_not_changed(
    hall: Hall, anna: Actor, given: dict[str, str], error: type[Exception]
) -> None:
    session = hall.sign_in()
    with pytest.raises(error) as caught:
        hall.change_password(anna, **given)
    if isinstance(caught.value, InvalidInput):
        assert caught.value.errors[0].pointer == "/new_password"
    assert hall.is_alive(session)
    assert hall.mails() == []
    hall.sign_in()


def test_a_password_that_is_replaced_meanwhile_lets_nobody_in(hall: Hall, anna: Actor) -> None:
    real = FakePasswords.verify

    def slow(passwords: FakePasswords, stored: str | None, password: str) -> bool:
        right = real(passwords, stored, password)
        with hall.storage.uow() as uow:
            user = uow.users.get(anna.id)
            assert user is not None
            user.password_hash = "hash of the owner's new one"
            uow.commit()
        return right

    for attempt in (hall.sign_in, lambda: hall.change_password(anna)):
        with hall.storage.uow() as uow:
            user = uow.users.get(anna.id)
            assert user is not None
            user.password_hash = f"hash of {PASSWORD}"
            uow.commit()
        with (
            mock.patch.object(FakePasswords, "verify", slow),
            pytest.raises((WrongCredentials, PasswordNeeded)),
        ):
            attempt()
    assert hall.storage.rows.sessions == {}
