"""The settings in a browser: sessions, access tokens, leaving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pyramid.router import Router
from webtest import TestResponse

from entrypoints.container import Container
from tests.fakes.simple import FakeClock
from tests.functional.browser import PASSWORD, Browser, problem
from tests.functional.test_manners import set_rate
from videohub_core.shared.actor import OPERATOR, Role
from videohub_core.shared.rate_limit import Rate

ME = "/api/v1/me"
SESSIONS, TOKENS = "/settings/sessions", "/settings/access-tokens"
ACCOUNT, BLOCKED = "/settings/account", "/settings/blocked"


@pytest.fixture(autouse=True)
def signing_key(container: Container) -> None:
    container.rotate_signing_key().if_there_is_none()


def form_to(page: TestResponse, action: str) -> Any:
    return next(form for form in page.forms.values() if form.action.endswith(action))


def is_in(browser: Browser) -> bool:
    return bool(browser.get("/api/v1/session").json["authenticated"])


def test_another_session_is_ended(app: Router, anna: Browser) -> None:
    elsewhere = Browser(app)
    elsewhere.sign_in("anna")
    page = anna.get(SESSIONS)
    assert len(page.html.select(".entry")) == 2
    page = form_to(page, "/end").submit(status=303).follow()
    assert "The session has ended." in page
    assert len(page.html.select(".entry")) == 1
    assert not is_in(elsewhere)
    assert is_in(anna)


def test_nobody_ends_what_is_not_theirs(anna: Browser, boris: Browser) -> None:
    (session,) = boris.get(f"{ME}/sessions").json["items"]
    token = {"csrf_token": anna.token()}
    anna.http.post(f"{SESSIONS}/{session['id']}/end", token, status=303)
    assert is_in(boris)


def test_everywhere_else_is_browsers_and_clients(app: Router, anna: Browser) -> None:
    elsewhere = Browser(app)
    elsewhere.sign_in("anna")
    pair = anna.send("POST", "/api/v1/tokens", {}, status=201).json
    page = anna.get(SESSIONS)
    assert "API client" in page
    page = form_to(page, "/end-others").submit(status=303).follow()
    assert "You are signed out everywhere but here." in page
    assert len(page.html.select(".entry")) == 1
    assert not is_in(elsewhere)
    refresh = {"refresh_token": pair["refresh_token"]}
    Browser(app).http.post_json("/api/v1/tokens/refresh", refresh, status=401)
    assert is_in(anna)


def test_a_token_is_shown_once_and_opens_the_api(app: Router, anna: Browser) -> None:
    form = anna.get(TOKENS).forms["new-token"]
    form["name"], form["days"] = "backup", "30"
    page = form.submit(status=200)
    assert page.headers["Cache-Control"] == "no-store"
    token = page.html.select_one("#token")["value"]
    bearer = {"Authorization": f"Bearer {token}"}
    program = Browser(app).http
    assert program.get(ME, headers=bearer).json["id"] == anna.id
    page = anna.get(TOKENS)
    assert token not in page
    assert "backup" in page
    form_to(page, "/delete").submit(status=303)
    problem(program.get(ME, headers=bearer, status=401), "invalid_token")


@pytest.mark.parametrize(
    "path",
    ["/settings/profile", "/settings/password", SESSIONS, TOKENS, BLOCKED, ACCOUNT],
)
def test_the_settings_are_for_their_owner_alone(
    app: Router, anna: Browser, stranger: Browser, path: str
) -> None:
    assert "/auth/login" in stranger.get(path, status=303).headers["Location"]
    scopes = ["read", "upload", "write", "moderate"]
    body = {"name": "script", "scopes": scopes}
    key = anna.send("POST", f"{ME}/access-tokens", body, status=201).json["token"]
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    program = Browser(app).http
    problem(program.get(path, headers=headers, status=403), "not_with_this_token")
    if path not in (SESSIONS, BLOCKED):
        problem(program.post(path, {}, headers=headers, status=403), "not_with_this_token")


def test_a_form_from_elsewhere_changes_nothing(anna: Browser) -> None:
    for path, given in (
        (f"{SESSIONS}/end-others", {}),
        (TOKENS, {"name": "x", "scopes": "read", "days": "never"}),
        (ACCOUNT, {"password": PASSWORD}),
    ):
        anna.http.post(path, given, status=403)
    assert is_in(anna)
    assert anna.get(f"{ME}/access-tokens").json["items"] == []


def test_leaving(app: Router, anna: Browser) -> None:
    page = anna.get(ACCOUNT)
    form = page.forms["delete-account"]
    form["password"] = "wrong one"
    page = form.submit(status=403)
    assert page.html.select_one("#password-error")
    form = page.forms["delete-account"]
    form["password"] = PASSWORD
    answer = form.submit(status=303)
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    page = answer.follow()
    assert "Your account is deleted" in page
    assert page.html.select(".bar a[href='/auth/login']")
    problem(Browser(app).sign_in("anna", status=401), "wrong_credentials")


def test_the_password_is_guessed_a_few_times_only(anna: Browser, container: Container) -> None:
    set_rate(container, "sign_in", Rate(2, 3600))
    page = anna.get(ACCOUNT)
    for status in (403, 403, 429):
        form = page.forms["delete-account"]
        form["password"] = "wrong one"
        page = form.submit(status=status)
    assert "That was too often." in page
    assert is_in(anna)


def test_the_last_admin_is_told_why_they_stay(anna: Browser, container: Container) -> None:
    container.change_role()(actor=OPERATOR, user_id=anna.id, role=Role.ADMIN)
    anna.sign_in("anna")
    form = anna.get(ACCOUNT).forms["delete-account"]
    form["password"] = PASSWORD
    page = form.submit(status=409)
    assert "This is the last admin who is not banned." in page
    assert is_in(anna)


def without_password(container: Container, browser: Browser, email: str | None) -> None:
    """Make the member one who has come from a provider."""
    with container.uow() as uow:
        user = uow.users.get(browser.id)
        assert user is not None
        user.password_hash, user.email = None, email
        uow.commit()


def test_without_a_password_it_takes_a_fresh_session(
    app: Router, anna: Browser, container: Container
) -> None:
    without_password(container, anna, None)
    clock = FakeClock(container.clock().now() + timedelta(minutes=11))
    with container.clock.override(clock):
        page = anna.get(ACCOUNT).forms["delete-account"].submit(status=403)
        assert "You signed in too long ago." in page
    anna.get(ACCOUNT).forms["delete-account"].submit(status=303)
    assert not is_in(anna)


def test_a_profile_without_an_address_is_saved(anna: Browser, container: Container) -> None:
    without_password(container, anna, None)
    form = anna.get("/settings/profile").forms["profile"]
    form["display_name"] = "Аня"
    form.submit(status=303)
    me = anna.get(ME).json
    assert (me["display_name"], me["email"], me["pending_email"]) == ("Аня", None, None)
    form["email"] = "anna@elsewhere.test"
    page = form.submit(status=303).follow()
    assert "Your e-mail is anna@elsewhere.test once" in page
    assert anna.get(ME).json["pending_email"] == "anna@elsewhere.test"
    assert "has no password" in anna.get("/settings/password")
