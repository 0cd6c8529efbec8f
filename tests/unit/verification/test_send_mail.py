"""The job that sends a mail: whom it writes to, what it does when it cannot, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.factories.hall import EMAIL, PASSWORD, Hall
from videohub_core.jobs.entities import LEASE, JobKind
from videohub_core.jobs.errors import LeaseLost
from videohub_core.mail.entities import MailKind
from videohub_core.mail.errors import MailDeferred, MailRefused

VERIFY, RESET = MailKind.VERIFY_EMAIL, MailKind.RESET_PASSWORD


def is_over(hall: Hall) -> bool:
    return hall.storage.rows.jobs == hall.storage.rows.mails == {}


def test_a_mail_that_left_leaves_nothing_behind(hall: Hall) -> None:
    hall.register()
    assert len(hall.mails()) == 1
    assert is_over(hall)


def test_somebody_unknown_gets_no_mail(hall: Hall) -> None:
    hall.ask(RESET)
    hall.ask(VERIFY)
    assert hall.mails() == []
    assert is_over(hall)
    assert hall.storage.rows.links == {}


def test_what_is_proved_need_not_be_proved_again(hall: Hall) -> None:
    hall.member()
    hall.ask(VERIFY)
    assert hall.mails() == []


def test_one_without_a_password_has_none_to_reset(hall: Hall) -> None:
    anna = hall.member()
    with hall.storage.uow() as uow:
        user = uow.users.get(anna.id)
        assert user is not None
        user.password_hash = None
        uow.commit()
    hall.ask(RESET)
    assert hall.mails() == []


def test_a_mail_of_somebody_who_left_is_not_sent(hall: Hall) -> None:
    anna = hall.member()
    hall.change_password(anna)
    del hall.storage.rows.users[anna.id]
    assert hall.mails() == []
    assert is_over(hall)


def test_the_members_own_language_wins(hall: Hall) -> None:
    anna = hall.member()
    hall.ask(RESET, locale="ru")
    assert hall.mails()[0].locale == "ru"
    hall.edit(anna, locale="en")
    hall.ask(RESET, locale="ru")
    assert hall.mails()[0].locale == "en"


def test_later_is_tried_later_for_about_a_day(hall: Hall) -> None:
    hall.register()
    hall.mailer.fails = MailDeferred("The relay answered 451.")
    started, attempts = hall.clock.now(), 0
    tried = started
    while hall.storage.rows.jobs:
        (job,) = hall.storage.rows.jobs.values()
        hall.clock.pass_(max(job.next_at - hall.clock.now(), timedelta()))
        lease = hall.lease()
        hall.send(lease)
        attempts += 1
        tried = hall.clock.now() if not lease.exhausted else tried
        if hall.storage.rows.jobs:
            (job,) = hall.storage.rows.jobs.values()
            assert job.leased_by is None
            assert job.next_at > hall.clock.now()
            assert "451" in (job.last_error or "")
    assert attempts == JobKind.SEND_MAIL.attempts_most + 1, "the last one gives up"
    assert timedelta(hours=20) < tried - started < timedelta(hours=28)
    assert is_over(hall)


def test_later_may_be_after_half_a_minute(hall: Hall) -> None:
    hall.register()
    hall.mailer.fails = MailDeferred()
    hall.send()
    hall.mailer.fails = None
    assert hall.mails() == []
    hall.clock.pass_(timedelta(seconds=30))
    assert len(hall.mails()) == 1


def test_never_is_never(hall: Hall) -> None:
    hall.register()
    hall.mailer.fails = MailRefused()
    hall.send()
    assert is_over(hall)
    assert hall.mailer.sent == []


def test_killed_after_the_mail_has_left_it_leaves_again_as_the_same(hall: Hall) -> None:
    hall.register()
    lost = hall.lease()
    with pytest.MonkeyPatch.context() as patch:
        # What would be stored after the mail never is: the worker is dead by then.
        patch.setattr("videohub_core.verification.use_cases.send_mail.SendMail._end", die)
        with pytest.raises(Killed):
            hall.send(lost)
    hall.clock.pass_(LEASE)
    hall.send()
    first, again = hall.mailer.sent
    assert first.key == again.key == str(lost.job_id)
    assert is_over(hall)
    # Whichever of the two arrives, its link works.
    assert first.values["token"] != again.values["token"]
    hall.confirm(first.values["token"])
    assert hall.stored().email_verified


class Killed(BaseException):
    """What ends a worker in the middle."""


def die(*_arguments: object) -> None:
    raise Killed


def test_a_worker_that_was_taken_for_dead_sends_nothing(hall: Hall) -> None:
    hall.register()
    lost = hall.lease()
    hall.clock.pass_(LEASE)
    hall.lease()
    with pytest.raises(LeaseLost):
        hall.send(lost)
    assert hall.mailer.sent == []
    assert hall.storage.rows.links == {}


def test_a_mail_that_is_gone_ends_its_job(hall: Hall) -> None:
    hall.register()
    hall.storage.rows.mails.clear()
    hall.send()
    assert is_over(hall)


def test_what_strangers_ask_for_is_sent_a_few_times_and_then_silently_not(hall: Hall) -> None:
    hall.member()
    sent = []
    for _ in range(7):
        hall.ask(RESET)
        sent.append(len(hall.mails()))
    assert sent == [1, 1, 1, 1, 1, 0, 0]
    # Other mails, and other addresses, have rates of their own.
    hall.register()
    assert [mail.kind for mail in hall.mails()] == [MailKind.EMAIL_IN_USE]
    hall.register(email="boris@example.test")
    assert [mail.kind for mail in hall.mails()] == [VERIFY]


def test_trying_again_is_not_asking_again(hall: Hall) -> None:
    hall.register()
    for attempt in range(1, 9):
        lease = replace(hall.lease(), attempt=attempt)
        (job,) = hall.storage.rows.jobs.values()
        job.attempts = attempt
        hall.mailer.fails = MailDeferred()
        hall.send(lease)
        (job,) = hall.storage.rows.jobs.values()
        hall.clock.pass_(job.next_at - hall.clock.now())
    hall.mailer.fails = None
    assert len(hall.mails()) == 1


def test_a_warning_is_never_held_back(hall: Hall) -> None:
    anna = hall.member()
    passwords = [PASSWORD, *(f"password number {n}" for n in range(8))]
    for old, new in pairwise(passwords):
        hall.change_password(anna, current_password=old, new_password=new)
        assert [mail.to for mail in hall.mails()] == [EMAIL]
