"""Verified e-mails and forgotten passwords, over the API and in the pages."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from tests.functional.browser import PASSWORD, Browser, problem
from tests.functional.mailbox import Mailbox, configure, registered
from tests.functional.test_accounts_api import ban
from tests.functional.test_manners import set_rate
from videohub_core.mail.entities import MailKind
from videohub_core.shared.rate_limit import Rate

NEW = "another long one"
ANNA = "anna@example.test"


@pytest.fixture
def mailbox(container: Container) -> Mailbox:
    return Mailbox(container)


@pytest.fixture
def verifying(container: Container, mailbox: Mailbox) -> Mailbox:
    """The mailbox of a hub that verifies e-mails."""
    configure(container, email_verification=True)
    return mailbox


def sign_in(browser: Browser, password: str, status: int = 201) -> Any:
    credentials = {"email": ANNA, "password": password}
    return browser.send("POST", "/api/v1/session", credentials, status=status)


def test_registering_answers_the_same_whoever_it_is(
    stranger: Browser, verifying: Mailbox
) -> None:
    first = registered(stranger, "anna")
    assert verifying.kinds() == [MailKind.VERIFY_EMAIL]
    again = registered(stranger, "anna", password=NEW, display_name="Eve")
    assert verifying.kinds() == [MailKind.EMAIL_IN_USE]
    assert first.body == again.body == b'{"status":"accepted"}'
    names = {name: set(answer.headers) for name, answer in (("a", first), ("b", again))}
    assert names["a"] == names["b"]
    assert "Location" not in first.headers


def test_a_new_member_confirms_and_signs_in(stranger: Browser, verifying: Mailbox) -> None:
    registered(stranger, "anna")
    (mail,) = verifying.take()
    assert mail.to == ANNA
    problem(sign_in(stranger, "not this one", status=401), "wrong_credentials")
    problem(sign_in(stranger, PASSWORD, status=403), "email_not_verified")
    path = f"/api/v1/email-verifications/{mail.values['token']}"
    stranger.send("POST", path, status=204)
    problem(stranger.send("POST", path, status=400), "link_not_valid")
    assert sign_in(stranger, PASSWORD).json["user"]["email_verified"] is True


def test_the_mail_is_sent_again_to_who_needs_it(stranger: Browser, verifying: Mailbox) -> None:
    registered(stranger, "anna")
    verifying.take()
    bodies = []
    for email in (ANNA, "ANNA@example.test", "nobody@example.test"):
        answer = stranger.send(
            "POST", "/api/v1/email-verifications", {"email": email}, status=202
        )
        bodies.append(answer.body)
    assert len(set(bodies)) == 1
    first, second = verifying.take()
    assert first.to == second.to == ANNA
    stranger.send("POST", f"/api/v1/email-verifications/{first.values['token']}", status=204)
    stranger.send("POST", "/api/v1/email-verifications", {"email": ANNA}, status=202)
    assert verifying.take() == []


@pytest.mark.parametrize("kind", ["email-verifications", "password-resets"])
@pytest.mark.parametrize("token", ["x", "bad-token", "A_-" * 20, "0" * 128])
def test_what_is_no_link_is_said_to_be(stranger: Browser, kind: str, token: str) -> None:
    body = {"password": NEW} if kind == "password-resets" else None
    answer = stranger.send("POST", f"/api/v1/{kind}/{token}", body, status=400)
    problem(answer, "link_not_valid")


@pytest.mark.parametrize("kind", ["email-verifications", "password-resets"])
def test_what_is_no_address_is_said_to_be(stranger: Browser, kind: str) -> None:
    answer = stranger.send("POST", f"/api/v1/{kind}", {"email": "nobody"}, status=400)
    (error,) = problem(answer, "validation_failed")["errors"]
    assert (error["pointer"], error["code"]) == ("/email", "invalid_email")


def test_a_forgotten_password(app: Router, anna: Browser, mailbox: Mailbox) -> None:
    elsewhere, stranger = Browser(app), Browser(app)
    elsewhere.sign_in("anna")
    bodies = {
        stranger.send("POST", "/api/v1/password-resets", {"email": email}, status=202).body
        for email in (ANNA, "nobody@example.test")
    }
    assert bodies == {b'{"status":"accepted"}'}
    path = f"/api/v1/password-resets/{mailbox.token()}"
    wrong = stranger.send("POST", path, {"password": "short"}, status=400)
    assert problem(wrong, "validation_failed")["errors"][0]["pointer"] == "/password"
    stranger.send("POST", path, {"password": NEW}, status=204)
    problem(stranger.send("POST", path, {"password": NEW}, status=400), "link_not_valid")
    for browser in (anna, elsewhere):
        assert not browser.get("/api/v1/session").json["authenticated"]
    problem(sign_in(stranger, PASSWORD, status=401), "wrong_credentials")
    assert sign_in(stranger, NEW).json["user"]["email_verified"] is True
    assert mailbox.kinds() == [MailKind.PASSWORD_CHANGED]


def test_whoever_had_an_account_before_its_mail_was_read_is_out(
    app: Router, anna: Browser, mailbox: Mailbox
) -> None:
    """Anybody could have opened it: here, nobody asks whose an address is."""
    body = {"name": "script", "scopes": ["read", "write"]}
    token = anna.send("POST", "/api/v1/me/access-tokens", body, status=201).json["token"]
    program = Browser(app).http
    program.authorization = ("Bearer", token)
    program.get("/api/v1/me", status=200)
    owner = Browser(app)
    owner.send("POST", "/api/v1/password-resets", {"email": ANNA}, status=202)
    path = f"/api/v1/password-resets/{mailbox.token()}"
    owner.send("POST", path, {"password": NEW}, status=204)
    program.get("/api/v1/me", status=401)


def test_a_banned_member_and_a_bad_bearer_may_ask_too(
    anna: Browser, container: Container
) -> None:
    token = anna.token()
    ban(container, anna)
    headers = {"X-CSRF-Token": token}
    anna.http.post_json("/api/v1/password-resets", {"email": ANNA}, headers=headers, status=202)
    headers["Authorization"] = "Bearer expired"
    answer = anna.http.post_json(
        "/api/v1/password-resets/nothing", {"password": NEW}, headers=headers, status=400
    )
    problem(answer, "link_not_valid")


def test_asking_too_often_is_said_to_the_address_and_not_to_the_mailbox(
    app: Router, anna: Browser, mailbox: Mailbox, container: Container
) -> None:
    stranger = Browser(app)
    for _ in range(8):
        stranger.send("POST", "/api/v1/password-resets", {"email": ANNA}, status=202)
    assert len(mailbox.take()) == 5
    set_rate(container, "mail_request", Rate(1, 3600))
    other = stranger.http.extra_environ | {"REMOTE_ADDR": "192.0.2.7"}
    headers = {"X-CSRF-Token": stranger.token()}
    for status in (202, 429):
        answer = stranger.http.post_json(
            "/api/v1/email-verifications",
            {"email": ANNA},
            headers=headers,
            extra_environ=other,
            status=status,
        )
    problem(answer, "too_many_requests")


@pytest.mark.parametrize("size", [300, 1_000_000])
def test_a_huge_password_is_refused_at_once(
    anna: Browser, mailbox: Mailbox, container: Container, size: int
) -> None:
    anna.send("POST", "/api/v1/password-resets", {"email": ANNA}, status=202)
    token, huge = mailbox.token(), "x" * size
    hashed: list[str] = []
    container.passwords().hash = hashed.append  # type: ignore[method-assign]
    account = {"email": "new@example.test", "password": huge, "display_name": "New"}
    change = {"current_password": PASSWORD, "new_password": huge}
    stranger = Browser(anna.http.app)
    for browser, method, path, body in (
        (stranger, "POST", "/api/v1/users", account),
        (stranger, "POST", f"/api/v1/password-resets/{token}", {"password": huge}),
        (anna, "PUT", "/api/v1/me/password", change),
    ):
        answer = browser.send(method, path, body, status=400)
        (error,) = problem(answer, "validation_failed")["errors"]
        assert error["code"] == "too_long"
    assert hashed == []


def test_no_line_of_the_log_has_the_secret_of_a_link(
    stranger: Browser, verifying: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    registered(stranger, "anna")
    token = verifying.token()
    for path in (
        f"/api/v1/email-verifications/{token}",
        f"/api/v1/email-verifications/{token}/more",
        f"/verify-email?token={token}",
    ):
        stranger.http.get(path, expect_errors=True)
    stranger.send("POST", f"/api/v1/email-verifications/{token}", status=204)
    stranger.send("POST", "/api/v1/password-resets", {"email": ANNA}, status=202)
    reset = verifying.token()
    stranger.send("POST", f"/api/v1/password-resets/{reset}", {"password": NEW}, status=204)
    lines = "\n".join(str(record.__dict__) + record.getMessage() for record in caplog.records)
    assert "/api/v1/email-verifications/***" in lines
    for secret in (token, reset, ANNA, NEW):
        assert secret not in lines


# In the pages


def test_a_link_is_followed_by_pressing_a_button(stranger: Browser, verifying: Mailbox) -> None:
    form = stranger.get("/register").forms[1]
    form["display_name"], form["email"], form["password"] = "Анна", ANNA, PASSWORD
    page = form.submit(status=303).follow()
    assert "Look into your mail" in page
    token = verifying.token()
    for _ in range(2):
        # Whoever looks through mails opens every link in them.
        page = stranger.get(f"/verify-email?token={token}")
        assert page.headers["Referrer-Policy"] == "same-origin"
    refused = stranger.get("/auth/login").forms[1]
    refused["email"], refused["password"] = ANNA, PASSWORD
    waits = refused.submit(status=403)
    assert "not confirmed yet" in waits
    assert "Look into your mail" in waits.forms[1].submit(status=303).follow()
    assert verifying.kinds() == [MailKind.VERIFY_EMAIL]
    signed = page.forms[1].submit(status=303).follow()
    assert "Your e-mail is confirmed. Sign in now." in signed
    signed.forms[1]["email"], signed.forms[1]["password"] = ANNA, PASSWORD
    assert signed.forms[1].submit(status=303).follow().status_int == 200
    again = stranger.http.post(
        "/verify-email", {"token": token, "csrf_token": stranger.token()}, status=400
    )
    assert "This link is not valid any more." in again


def test_a_page_tells_no_more_than_the_api(stranger: Browser, verifying: Mailbox) -> None:
    registered(stranger, "anna")
    verifying.take()
    form = stranger.get("/register").forms[1]
    form["display_name"], form["email"], form["password"] = "Eve", ANNA, NEW
    assert "Look into your mail" in form.submit(status=303).follow()
    assert verifying.kinds() == [MailKind.EMAIL_IN_USE]


def test_a_forgotten_password_in_the_pages(
    app: Router, anna: Browser, mailbox: Mailbox
) -> None:
    stranger = Browser(app)
    page = stranger.get("/auth/login").click("Forgot your password?")
    for email in ("nobody@example.test", ANNA):
        page.forms[1]["email"] = email
        assert "If there is an account" in page.forms[1].submit(status=303).follow()
    page = stranger.get(f"/reset-password?token={mailbox.token()}")
    assert page.headers["Referrer-Policy"] == "same-origin"
    page.forms[1]["password"] = "short"
    page = page.forms[1].submit(status=400)
    assert "Use at least 8 characters." in page
    page.forms[1]["password"] = NEW
    page = page.forms[1].submit(status=303).follow()
    assert "Sign in with the new one." in page
    sign_in(stranger, NEW)
    assert not anna.get("/api/v1/session").json["authenticated"]
    page = Browser(app).get("/reset-password?token=used")
    page.forms[1]["password"] = NEW
    assert "not valid any more" in page.forms[1].submit(status=400)


def test_mails_come_in_the_language_of_whoever_asks(
    stranger: Browser, verifying: Mailbox
) -> None:
    headers = {"X-CSRF-Token": stranger.token(), "Accept-Language": "ru"}
    account = {"email": ANNA, "password": PASSWORD, "display_name": "Анна"}
    stranger.http.post_json("/api/v1/users", account, headers=headers, status=202)
    assert [mail.locale for mail in verifying.take()] == ["ru"]
