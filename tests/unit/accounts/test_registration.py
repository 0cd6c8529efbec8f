"""Who may register, and what strangers learn by it."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest

from tests.factories.hall import ANOTHER, EMAIL, PASSWORD, Hall
from tests.fakes.storage import FakeUsers
from videohub_core.accounts.errors import (
    AccountBanned,
    AlreadySignedIn,
    EmailNotVerified,
    EmailTaken,
    WrongCredentials,
)
from videohub_core.invitations.entities import INVITATION_LASTS, Registration
from videohub_core.invitations.errors import (
    InvitationNeeded,
    InvitationNotValid,
    RegistrationClosed,
)
from videohub_core.mail.entities import MailKind
from videohub_core.shared.actor import OPERATOR, Actor, Role
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.idempotency import IdempotencyKey
from videohub_core.shared.ids import UserId

ADMIN = Actor(UserId("admin"), Role.ADMIN)
KEY = IdempotencyKey("scope", "users.post", "key", "digest")


def test_the_answer_is_the_same_for_a_new_address_and_a_known_one(hall: Hall) -> None:
    assert hall.register() is None
    assert [mail.kind for mail in hall.mails()] == [MailKind.VERIFY_EMAIL]
    assert hall.register(email="ANNA@example.test", password=ANOTHER) is None
    assert [mail.kind for mail in hall.mails()] == [MailKind.EMAIL_IN_USE]
    # Whoever tried has changed nothing.
    assert hall.stored().password_hash == f"hash of {PASSWORD}"


def test_the_mail_goes_to_the_address_in_the_language_of_the_page(hall: Hall) -> None:
    hall.register(locale="ru")
    (mail,) = hall.mails()
    assert (mail.to, mail.locale) == (EMAIL, "ru")
    # Whoever registered may want somebody else to read this name.
    assert "name" not in mail.values


def test_the_mail_and_the_account_are_of_one_commit(hall: Hall) -> None:
    with (
        mock.patch.object(FakeUsers, "add", side_effect=ZeroDivisionError),
        pytest.raises(ZeroDivisionError),
    ):
        hall.register()
    assert hall.storage.rows.jobs == hall.storage.rows.mails == {}


def test_two_that_register_at_once_are_answered_alike(hall: Hall) -> None:
    hall.register()
    hall.mails()
    found = iter([None])
    real = FakeUsers.by_email

    def too_early(users: FakeUsers, email: str) -> Any:
        return next(found, real(users, email))

    with mock.patch.object(FakeUsers, "by_email", too_early):
        assert hall.register() is None
    assert [mail.kind for mail in hall.mails()] == [MailKind.EMAIL_IN_USE]


def test_nobody_signs_in_before_the_address_is_proved(hall: Hall) -> None:
    hall.register()
    with pytest.raises(EmailNotVerified):
        hall.sign_in()
    with pytest.raises(WrongCredentials):
        hall.sign_in("not this one")
    with hall.storage.uow() as uow:
        user = uow.users.by_email(EMAIL)
        assert user is not None
        user.ban(OPERATOR.id, None, None)
        uow.commit()
    with pytest.raises(AccountBanned):
        hall.sign_in()


def test_where_nothing_is_verified_the_account_is_there_at_once(hall: Hall) -> None:
    hall.verification = False
    assert hall.register().id == hall.stored().id
    assert hall.mails() == []
    assert not hall.stored().email_verified
    hall.sign_in()
    with pytest.raises(EmailTaken):
        hall.register()


def test_an_admin_is_told_and_the_new_member_gets_a_mail(hall: Hall) -> None:
    assert hall.register(actor=ADMIN).id == hall.stored().id
    assert [mail.kind for mail in hall.mails()] == [MailKind.VERIFY_EMAIL]
    with pytest.raises(EmailTaken):
        hall.register(actor=ADMIN)
    with pytest.raises(AlreadySignedIn):
        hall.register(actor=Actor(UserId("x"), Role.MODERATOR))


def test_what_is_sent_twice_with_a_key_is_mailed_once(hall: Hall) -> None:
    for _ in range(2):
        assert hall.register(once=KEY) is None
    assert len(hall.mails()) == 1
    # For an address with an account as well.
    again = IdempotencyKey("scope", "users.post", "another", "digest")
    for _ in range(2):
        assert hall.register(once=again) is None
    assert len(hall.mails()) == 1


def test_a_closed_hub_is_closed_to_strangers_and_not_to_admins(hall: Hall) -> None:
    hall.registration = Registration.CLOSED
    for given in ({}, {"invitation": "some"}, {"email": "nonsense"}):
        with pytest.raises(RegistrationClosed):
            hall.register(**given)
    assert hall.register(actor=ADMIN) is not None


def test_an_invitation_lets_one_person_in(hall: Hall) -> None:
    hall.registration = Registration.INVITATION
    with pytest.raises(InvitationNeeded):
        hall.register()
    token = hall.invite().token
    hall.register(invitation=token)
    assert not hall.stored().email_verified
    with pytest.raises(InvitationNotValid):
        hall.register(email="boris@example.test", invitation=token)
    (invitation,) = hall.storage.rows.invitations.values()
    assert (invitation.used_by, invitation.used_at) == (hall.stored().id, hall.clock.now())
    assert token not in str(invitation)


def test_an_invitation_for_an_address_proves_it_and_is_for_no_other(hall: Hall) -> None:
    hall.registration = Registration.INVITATION
    token = hall.invite(email="Anna@example.test").token
    with pytest.raises(InvitationNotValid):
        hall.register(email="boris@example.test", invitation=token)
    hall.register(invitation=token)
    assert hall.mails() == []
    assert hall.stored().email_verified
    hall.sign_in()


@pytest.mark.parametrize("token", ["", "made up", "\ud800"])
def test_what_is_no_invitation_lets_nobody_in(hall: Hall, token: str) -> None:
    for mode in (Registration.INVITATION, Registration.OPEN):
        hall.registration = mode
        with pytest.raises(InvitationNotValid):
            hall.register(invitation=token)
    assert hall.storage.rows.users == {}


def test_an_invitation_ends(hall: Hall) -> None:
    token = hall.invite().token
    hall.clock.pass_(INVITATION_LASTS)
    with pytest.raises(InvitationNotValid):
        hall.register(invitation=token)


def test_wrong_input_leaves_the_invitation(hall: Hall) -> None:
    token = hall.invite().token
    with pytest.raises(InvalidInput):
        hall.register(password="short", invitation=token)
    hall.register(invitation=token)


def test_whose_address_is_known_is_not_told_apart_by_the_invitation(hall: Hall) -> None:
    hall.register()
    token = hall.invite().token
    assert hall.register(invitation=token) is None
    with pytest.raises(InvitationNotValid):
        hall.register(email="new@example.test", invitation=token)


def test_whoever_invites_does_not_learn_whose_an_address_is(hall: Hall) -> None:
    hall.member()
    made = hall.invite(email=EMAIL)
    hall.register(invitation=made.token, display_name="Eve")
    invitation = hall.storage.rows.invitations[made.id]
    assert (invitation.used_by, invitation.used_at) == (None, hall.clock.now())


def test_where_an_address_is_said_to_be_taken_the_invitation_stays(hall: Hall) -> None:
    hall.verification = False
    hall.register()
    token = hall.invite().token
    with pytest.raises(EmailTaken):
        hall.register(invitation=token)
    hall.register(email="boris@example.test", invitation=token)
