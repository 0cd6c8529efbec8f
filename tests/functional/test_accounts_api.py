"""Register, sign in, sign out over the API."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from entrypoints.http.app import make_app
from tests.functional.browser import PASSWORD, Browser, problem
from videohub_core.shared.actor import OPERATOR
from videohub_core.shared.ids import UserId

ANNA = {"email": "anna@example.test", "password": PASSWORD, "display_name": "Анна"}


def ban(container: Container, browser: Browser) -> None:
    with container.uow() as uow:
        user = uow.users.get(UserId(browser.id))
        assert user is not None
        user.is_banned = True
        uow.commit()


def test_a_stranger_registers_and_has_a_channel(stranger: Browser) -> None:
    answer = stranger.send("POST", "/api/v1/users", ANNA, status=201)
    assert answer.headers["Location"].endswith(f"/api/v1/users/{answer.json['id']}")
    assert answer.json["channel"]["title"] == "Анна"
    assert "password" not in answer.text
    public = stranger.get(f"/api/v1/users/{answer.json['id']}").json
    assert set(public) == {"id", "display_name", "channel"}
    channel = stranger.get(f"/api/v1/channels/{public['channel']['id']}").json
    assert channel["user"]["id"] == answer.json["id"]


def test_an_email_registers_once(stranger: Browser) -> None:
    stranger.send("POST", "/api/v1/users", ANNA, status=201)
    again = stranger.send(
        "POST", "/api/v1/users", {**ANNA, "email": "ANNA@example.test"}, status=409
    )
    problem(again, "email_taken")


@pytest.mark.parametrize(
    ("change", "code", "errors"),
    [
        ({"email": "x"}, "validation_failed", [("/email", "invalid_email")]),
        ({"email": 1}, "validation_failed", [("/email", "invalid")]),
        ({"email": None}, "validation_failed", [("/email", "invalid")]),
        ({"password": ""}, "validation_failed", [("/password", "required")]),
        ({"role": "admin"}, "unknown_field", [("/role", "unknown_field")]),
        ({"is_banned": False}, "unknown_field", [("/is_banned", "unknown_field")]),
        ({"a/b~c": 1}, "unknown_field", [("/a~1b~0c", "unknown_field")]),
    ],
)
def test_wrong_registrations(
    stranger: Browser, change: dict[str, Any], code: str, errors: list[tuple[str, str]]
) -> None:
    answer = stranger.send("POST", "/api/v1/users", {**ANNA, **change}, status=400)
    document = problem(answer, code)
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == errors


def test_a_missing_field_is_named(stranger: Browser) -> None:
    answer = stranger.send("POST", "/api/v1/users", {"email": "a@example.test"}, status=400)
    document = problem(answer, "validation_failed")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == {
        ("/password", "required"),
        ("/display_name", "required"),
    }


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"email": "\\ud800"}', b"[" * 100_000])
def test_what_is_not_json_is_refused(stranger: Browser, body: bytes) -> None:
    headers = {"X-CSRF-Token": stranger.token(), "Content-Type": "application/json"}
    answer = stranger.http.post("/api/v1/session", body, headers=headers, status=400)
    problem(answer, "malformed_body")


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"text"'])
def test_json_that_is_no_object_is_refused(stranger: Browser, body: bytes) -> None:
    headers = {"X-CSRF-Token": stranger.token(), "Content-Type": "application/json"}
    answer = stranger.http.post("/api/v1/session", body, headers=headers, status=400)
    problem(answer, "validation_failed")


def test_another_media_type_is_refused(stranger: Browser) -> None:
    headers = {"X-CSRF-Token": stranger.token(), "Content-Type": "text/plain"}
    answer = stranger.http.post("/api/v1/session", b"{}", headers=headers, status=415)
    problem(answer, "unsupported_media_type")


def test_signing_in_and_out(app: Router) -> None:
    anna = Browser(app).register("anna")
    before = anna.token()
    assert anna.get("/api/v1/session").json == {
        "authenticated": False,
        "user": None,
        "expires_at": None,
        "csrf_token": before,
    }
    signed_in = anna.sign_in("anna")
    cookie = next(
        c for c in signed_in.headers.getall("Set-Cookie") if c.startswith("hub_session")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "secure" not in cookie.lower()
    session = anna.get("/api/v1/session").json
    assert session["authenticated"]
    assert session["user"]["email"] == "anna@example.test"
    assert session["csrf_token"] == signed_in.json["csrf_token"] != before
    assert anna.get("/api/v1/me").json == session["user"]
    gone = anna.send("DELETE", "/api/v1/session", status=204)
    assert gone.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert not anna.get("/api/v1/session").json["authenticated"]
    problem(anna.get("/api/v1/me", status=401), "unauthenticated")
    anna.send("DELETE", "/api/v1/session", status=204)


def test_a_wrong_password_is_401_with_a_challenge(stranger: Browser, anna: Browser) -> None:
    for email in ("anna@example.test", "nobody@example.test"):
        answer = stranger.send(
            "POST", "/api/v1/session", {"email": email, "password": "wrong one"}, status=401
        )
        problem(answer, "wrong_credentials")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_member_does_not_register_again(anna: Browser) -> None:
    problem(anna.send("POST", "/api/v1/users", ANNA, status=403), "already_signed_in")


def test_the_session_survives_only_as_long_as_it_is_known(anna: Browser) -> None:
    anna.http.set_cookie("hub_session", "made-up")
    answer = anna.get("/api/v1/session")
    assert not answer.json["authenticated"]
    cookies = answer.headers.getall("Set-Cookie")
    assert any(cookie.startswith("hub_session=; Max-Age=0") for cookie in cookies)


@pytest.mark.parametrize("credential", ["Bearer x", "Bearer", "Basic YTpi", "nonsense", ""])
def test_a_bearer_that_is_none_is_401_on_public_reads_too(
    anna: Browser, credential: str
) -> None:
    answer = anna.get("/api/v1/videos", status=401, Authorization=credential)
    problem(answer, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_banned_member_may_only_sign_out(anna: Browser, container: Container) -> None:
    token = anna.token()
    ban(container, anna)
    for path in ("/api/v1/me", "/api/v1/videos", "/api/v1/session", "/health/live"):
        problem(anna.get(path, status=403), "account_banned")
    # The ban comes before the CSRF token is looked at.
    answer = anna.http.post_json("/api/v1/session", {}, status=403)
    problem(answer, "account_banned")
    anna.http.delete("/api/v1/session", headers={"X-CSRF-Token": token}, status=204)
    assert anna.get("/api/v1/videos").json["items"] == []
    problem(anna.sign_in("anna", status=403), "account_banned")


@pytest.mark.parametrize("token", [None, "wrong", "ы"])
def test_unsafe_methods_need_the_token(anna: Browser, token: str | None) -> None:
    headers = {} if token is None else {"X-CSRF-Token": token.encode().decode("latin-1")}
    answer = anna.http.delete("/api/v1/session", headers=headers, status=403)
    problem(answer, "csrf_failed")
    assert anna.get("/api/v1/session").json["authenticated"]


def test_a_token_is_of_one_browser(anna: Browser, boris: Browser) -> None:
    headers = {"X-CSRF-Token": boris.token()}
    problem(anna.http.delete("/api/v1/session", headers=headers, status=403), "csrf_failed")


def test_signing_in_needs_a_token_as_well(stranger: Browser, anna: Browser) -> None:
    credentials = {"email": "anna@example.test", "password": PASSWORD}
    problem(stranger.http.post_json("/api/v1/session", credentials, status=403), "csrf_failed")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:6543", True),
        ("http://evil.example", False),
        ("https://localhost:6543.evil.example", False),
        ("null", False),
        ("http://[x", False),
    ],
)
def test_a_page_of_another_site_cannot_use_the_cookie(
    anna: Browser, origin: str, allowed: bool
) -> None:
    status = 204 if allowed else 403
    answer = anna.send("DELETE", "/api/v1/session", status=status, Origin=origin)
    if not allowed:
        problem(answer, "csrf_failed")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "[::1", "8.8.8.8"])
def test_a_host_that_is_not_ours_is_refused(stranger: Browser, host: str) -> None:
    answer = stranger.http.get("/api/v1/videos", extra_environ={"HTTP_HOST": host}, status=421)
    problem(answer, "host_not_allowed")


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("multipart/form-data", b"x", 403),
        ("application/x-www-form-urlencoded; charset=utf-16", b"csrf_token=x", 415),
        ("application/x-www-form-urlencoded; charset=nonsense", b"csrf_token=x", 415),
        ("application/x-www-form-urlencoded", b"csrf_token=%ff", 403),
        ("text/plain", b"csrf_token=x", 403),
    ],
)
def test_odd_forms_are_refused(
    stranger: Browser, content_type: str, body: bytes, status: int
) -> None:
    for path in ("/auth/login", "/register"):
        headers = {"Content-Type": content_type}
        stranger.http.post(path, body, headers=headers, status=status)


def test_a_form_of_another_kind_is_refused_with_the_token_too(stranger: Browser) -> None:
    headers = {"X-CSRF-Token": stranger.token(), "Content-Type": "multipart/form-data"}
    stranger.http.post("/auth/login", b"x", headers=headers, status=415)


def test_many_wrong_fields_make_a_short_answer(stranger: Browser) -> None:
    body = {f"field{n}": 1 for n in range(10_000)}
    answer = stranger.send("POST", "/api/v1/session", body, status=400)
    assert len(problem(answer, "unknown_field")["errors"]) == 50


@pytest.fixture
def behind_tls(container: Container) -> Browser:
    tls = replace(container.settings(), public_url="https://videos.example.org")
    container.settings.override(tls)
    browser = Browser(make_app(container))
    browser.http.extra_environ |= {
        "HTTP_HOST": "videos.example.org",
        "wsgi.url_scheme": "https",
    }
    return browser


def test_cookies_behind_tls_are_tied_to_the_host(behind_tls: Browser) -> None:
    behind_tls.register("anna")
    answer = behind_tls.sign_in("anna")
    for cookie in answer.headers.getall("Set-Cookie"):
        # The ones that clear others as well: without all of it browsers ignore them.
        assert cookie.startswith("__Host-hub_")
        assert "; secure" in cookie.lower()
        assert "Path=/" in cookie
        assert "domain" not in cookie.lower()
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("host", ["Videos.Example.ORG", "videos.example.org:443"])
def test_a_host_may_be_written_in_other_ways(behind_tls: Browser, host: str) -> None:
    behind_tls.http.get("/health/live", extra_environ={"HTTP_HOST": host}, status=200)
    other = {"HTTP_HOST": "videos.example.org:8443"}
    behind_tls.http.get("/health/live", extra_environ=other, status=421)


@pytest.mark.parametrize("host", ["127.0.0.1:6543", "192.168.1.7:6543", "[::1]:6543"])
def test_in_development_the_hub_is_found_in_its_own_network(
    stranger: Browser, host: str
) -> None:
    stranger.http.get("/api/v1/videos", extra_environ={"HTTP_HOST": host}, status=200)


def test_nothing_secret_is_logged(app: Router, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    anna = Browser(app).register("anna")
    anna.sign_in("anna")
    secrets = [PASSWORD, "anna@example.test", anna.token(), *anna.http.cookies.values()]
    anna.get("/api/v1/videos?cursor=personal", status=400)
    lines = "\n".join(str(record.__dict__) + record.getMessage() for record in caplog.records)
    assert "/api/v1/session" in lines
    for secret in [*secrets, "personal"]:
        assert secret not in lines


def test_a_ban_with_an_end_counts_until_then_and_not_after(
    anna: Browser, container: Container
) -> None:
    far = container.clock().now() + timedelta(days=1)
    container.ban_user()(actor=OPERATOR, user_id=UserId(anna.id), reason="spam", until=far)
    problem(anna.get("/api/v1/me", status=403), "account_banned")
    with container.uow() as uow:
        user = uow.users.get(UserId(anna.id))
        assert user is not None
        user.banned_until = container.clock().now()
        uow.commit()
    assert anna.get("/api/v1/me").json["is_banned"] is False
    anna.sign_in("anna")
