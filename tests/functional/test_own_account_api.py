"""What members change about their own account, over the API and in the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from tests.functional.browser import PASSWORD, Browser, problem
from tests.functional.mailbox import Mailbox
from tests.functional.test_manners import set_rate
from videohub_core.mail.entities import MailKind
from videohub_core.shared.rate_limit import Rate

ME = "/api/v1/me"
NEW = "another long one"
ELSEWHERE = "anna@elsewhere.test"


@pytest.fixture
def mailbox(container: Container) -> Mailbox:
    return Mailbox(container)


def test_what_is_given_changes(anna: Browser) -> None:
    before = anna.get(ME).json
    body = {"display_name": " Аня ", "locale": "ru", "phone": "8 (701) 707-55-66"}
    answer = anna.send("PATCH", ME, body)
    changed = {"display_name": "Аня", "locale": "ru", "phone": "+77017075566"}
    assert answer.json == {**before, **changed}
    assert anna.get(ME).json == answer.json
    assert anna.get(ME).headers["ETag"] == answer.headers["ETag"]
    assert anna.send("PATCH", ME, {"phone": None}).json["phone"] is None
    assert anna.send("PATCH", ME, {}).json["locale"] == "ru"
    # Others see the name, and neither the phone nor the e-mail.
    assert set(anna.get(f"/api/v1/users/{anna.id}").json) == {"id", "display_name", "channel"}


@pytest.mark.parametrize(
    ("region", "written", "stored"),
    [
        ("RU", "8 912 345-67-89", "+79123456789"),
        ("KZ", "87017075566", "+77017075566"),
        ("DE", "030 901820", "+4930901820"),
        ("RU", "+49 30 901820", "+4930901820"),
        ("RU", "12345", None),
        ("RU", "", None),
    ],
)
def test_a_phone_is_of_the_hubs_country(
    anna: Browser, container: Container, region: str, written: str, stored: str | None
) -> None:
    from adapters.security.phone_syntax import PhonenumbersSyntax

    container.phone_syntax.override(PhonenumbersSyntax(region))
    if stored is None:
        answer = anna.send("PATCH", ME, {"phone": written}, status=400)
        (error,) = problem(answer, "validation_failed")["errors"]
        assert (error["pointer"], error["code"]) == ("/phone", "invalid_phone")
    else:
        assert anna.send("PATCH", ME, {"phone": written}).json["phone"] == stored


@pytest.mark.parametrize(
    "field",
    ["role", "is_banned", "email_verified", "sub", "id", "created", "channel", "quota"],
)
def test_what_is_not_theirs_to_change_is_no_field(anna: Browser, field: str) -> None:
    answer = anna.send("PATCH", ME, {field: "admin", "locale": "ru"}, status=400)
    (error,) = problem(answer, "unknown_field")["errors"]
    assert error["pointer"] == f"/{field}"
    assert anna.get(ME).json["locale"] is None


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"display_name": None}, "/display_name", "required"),
        ({"display_name": ""}, "/display_name", "required"),
        ({"display_name": 1}, "/display_name", "invalid"),
        ({"locale": "de"}, "/locale", "invalid_choice"),
        ({"email": None}, "/email", "invalid_email"),
        ({"email": "x"}, "/email", "invalid_email"),
        ({"phone": 79123456789}, "/phone", "invalid"),
        ({"current_password": None}, "/current_password", "invalid"),
    ],
)
def test_wrong_changes(anna: Browser, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = anna.send("PATCH", ME, body, status=400)
    (error,) = problem(answer, "validation_failed")["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


def test_nobody_overwrites_what_they_have_not_seen(anna: Browser) -> None:
    tag = anna.get(ME).headers["ETag"]
    changed = anna.send("PATCH", ME, {"locale": "ru"}, **{"If-Match": tag})
    answer = anna.send("PATCH", ME, {"locale": "en"}, status=412, **{"If-Match": tag})
    problem(answer, "precondition_failed")
    anna.send("PATCH", ME, {"locale": "en"}, **{"If-Match": changed.headers["ETag"]})
    anna.send("PATCH", ME, {"locale": "ru"}, **{"If-Match": "*"})


def test_another_address_waits_for_its_proof(
    app: Router, anna: Browser, mailbox: Mailbox
) -> None:
    for body in ({"email": ELSEWHERE}, {"email": ELSEWHERE, "current_password": "wrong"}):
        problem(anna.send("PATCH", ME, body, status=403), "password_needed")
    answer = anna.send("PATCH", ME, {"email": ELSEWHERE, "current_password": PASSWORD})
    assert answer.json["email"] == "anna@example.test"
    assert answer.json["pending_email"] == ELSEWHERE
    to_new, to_old = mailbox.take()
    assert (to_new.to, to_old.to) == (ELSEWHERE, "anna@example.test")
    # Whoever reads the mail need not be who asked.
    stranger = Browser(app)
    path = f"/api/v1/email-verifications/{to_new.values['token']}"
    stranger.send("POST", path, status=204)
    problem(stranger.send("POST", path, status=400), "link_not_valid")
    me = anna.get(ME).json
    assert (me["email"], me["pending_email"], me["email_verified"]) == (ELSEWHERE, None, True)


def test_an_address_that_is_taken_is_answered_alike(
    anna: Browser, boris: Browser, mailbox: Mailbox
) -> None:
    answers = []
    for email in ("free@example.test", "boris@example.test"):
        body = {"email": email, "current_password": PASSWORD}
        answers.append(anna.send("PATCH", ME, body).json | {"pending_email": ""})
    assert answers[0] == answers[1]
    mails = {mail.to: mail.kind for mail in mailbox.take()}
    assert mails["boris@example.test"] == MailKind.EMAIL_IN_USE
    # Not the first one either: only the last wish counts.
    assert "free@example.test" not in mails


def test_a_password_is_guessed_a_few_times_only(anna: Browser, container: Container) -> None:
    set_rate(container, "sign_in", Rate(2, 3600))
    for status in (403, 403, 429):
        body = {"email": ELSEWHERE, "current_password": "wrong"}
        answer = anna.send("PATCH", ME, body, status=status)
    problem(answer, "too_many_requests")
    change = {"current_password": "wrong", "new_password": NEW}
    anna.send("PUT", f"{ME}/password", change, status=429)


def test_another_password_keeps_this_session_alone(
    app: Router, anna: Browser, mailbox: Mailbox
) -> None:
    elsewhere = Browser(app)
    elsewhere.sign_in("anna")
    path, good = f"{ME}/password", {"current_password": PASSWORD, "new_password": NEW}
    wrong = anna.send("PUT", path, {**good, "current_password": "no"}, status=403)
    problem(wrong, "password_needed")
    short = anna.send("PUT", path, {**good, "new_password": "short"}, status=400)
    assert problem(short, "validation_failed")["errors"][0]["pointer"] == "/new_password"
    assert elsewhere.get("/api/v1/session").json["authenticated"]
    anna.send("PUT", path, good, status=204)
    assert anna.get("/api/v1/session").json["authenticated"]
    assert not elsewhere.get("/api/v1/session").json["authenticated"]
    assert mailbox.kinds() == [MailKind.PASSWORD_CHANGED]
    anna.send("PUT", path, {"current_password": NEW, "new_password": PASSWORD}, status=204)


def test_the_profile_page(anna: Browser, mailbox: Mailbox) -> None:
    form = anna.get("/settings/profile").forms["profile"]
    form["display_name"], form["phone"], form["locale"] = "Аня", "8 701 707 55 66", "ru"
    page = form.submit(status=303).follow()
    assert "Изменения сохранены" in page
    assert anna.get(ME).json["phone"] == "+77017075566"
    form = page.forms["profile"]
    assert form["phone"].value == "+77017075566"
    form["phone"], form["email"] = "nonsense", ELSEWHERE
    page = form.submit(status=400)
    assert "номер телефона" in page.html.select_one("#phone-error").text
    form = page.forms["profile"]
    form["phone"] = ""
    page = form.submit(status=403)
    assert "Пароль" in page.html.select_one("#current_password-error").text
    form = page.forms["profile"]
    form["current_password"] = PASSWORD
    page = form.submit(status=303).follow()
    assert ELSEWHERE in page.html.select_one(".note:not(.note--good)").text
    assert len(mailbox.take()) == 2
    # What was not touched asks for nothing again.
    page.forms["profile"].submit(status=303)
    assert mailbox.take() == []
    assert anna.get(ME).json["pending_email"] == ELSEWHERE


def test_the_password_page(anna: Browser) -> None:
    form = anna.get("/settings/password").forms["password"]
    form["current_password"], form["new_password"] = "wrong", NEW
    page = form.submit(status=403)
    assert page.html.select_one("#current_password-error")
    form = page.forms["password"]
    form["current_password"], form["new_password"] = PASSWORD, "short"
    page = form.submit(status=400)
    assert "8" in page.html.select_one("#new_password-error").text
    form = page.forms["password"]
    form["current_password"], form["new_password"] = PASSWORD, NEW
    assert "Your password is changed." in form.submit(status=303).follow()


def test_strangers_are_asked_to_sign_in(stranger: Browser) -> None:
    for path in ("/settings/profile", "/settings/password", "/invitations"):
        assert "/auth/login" in stranger.get(path, status=303).headers["Location"]


def test_the_region_is_a_setting(container: Container) -> None:
    settings = replace(container.settings(), phone_region="KZ")
    container.settings.override(settings)
    assert container.phone_syntax()._region == "KZ"
