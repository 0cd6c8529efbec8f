"""Signing in through a provider, over HTTP and on both databases."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from pyramid.router import Router

from entrypoints.container import Container, build_container
from entrypoints.http.app import make_app
from entrypoints.settings import Settings, make_settings
from tests.conftest import DEVELOPMENT
from tests.functional.browser import PASSWORD, Browser, problem
from tests.functional.identity.visitor import HOME, Visitor, cookies, links
from tests.rogue_provider import RogueProvider
from videohub_core.accounts.errors import InvalidToken
from videohub_core.shared.actor import OPERATOR


def test_the_first_sign_in_makes_an_account_with_a_channel(visitor: Visitor) -> None:
    answer = visitor.sign_in_there()
    assert answer.location == f"{HOME}/upload"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    me = visitor.me()
    assert (me["sub"], me["email"], me["email_verified"]) == ("7", "anna@example.test", True)
    assert (me["display_name"], me["channel"]["title"]) == ("Анна Ёлкина", "Анна Ёлкина")
    public = visitor.get(f"/api/v1/users/{me['id']}").json
    assert "sub" not in public
    assert "email" not in public


def test_the_state_tells_nothing_and_the_cookie_is_this_browsers(visitor: Visitor) -> None:
    answer = visitor.get("/auth/login?return_to=/studio", status=303)
    assert "studio" not in answer.location
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    cookie = cookies(answer)["hub_login"]
    for attribute in ("HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/"):
        assert attribute in cookie
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["redirect_uri"] == [f"{HOME}/auth/callback"]
    assert asked["state"][0] not in cookie


def test_signing_in_again_is_to_the_same_account(
    app: Router, visitor: Visitor, rogue: RogueProvider
) -> None:
    visitor.sign_in_there()
    other = Visitor(app, rogue)
    other.sign_in_there()
    assert other.me()["id"] == visitor.me()["id"]


def test_the_session_is_a_new_one_and_the_old_one_ends(
    app: Router, visitor: Visitor, rogue: RogueProvider
) -> None:
    asked = visitor.go()
    visitor.register("boris")
    visitor.sign_in("boris")
    before = visitor.http.cookies["hub_session"]
    visitor.come_back(state=asked["state"], code="c")
    assert visitor.me()["sub"] == "7"
    old = Browser(app)
    old.http.set_cookie("hub_session", before)
    assert not old.get("/api/v1/session").json["authenticated"]


@pytest.mark.parametrize(
    "back",
    [
        {},
        {"code": "c"},
        {"state": "made-up", "code": "c"},
        {"state": "", "code": "c"},
        {"state": "s" * 5000, "code": "c"},
        {"state": "\0", "code": "\r\nSet-Cookie: a=b"},
        {"state": "{state}"},
        {"state": "{state}", "code": ""},
        {"state": "{state}", "code": "c" * 20_000},
        {"state": "{state}", "error": "e" * 20_000},
        {"state": "{state}", "error": "access_denied"},
        {"state": "{state}", "error": "access_denied", "code": "c"},
        {"state": "{state}", "code": "c", "iss": "https://evil.example"},
        {"error": "access_denied"},
    ],
)
def test_what_comes_back_wrong_lets_nobody_in(
    visitor: Visitor, rogue: RogueProvider, container: Container, back: dict[str, str]
) -> None:
    asked = visitor.go()
    if back.get("state") == "{state}":
        back = {**back, "state": asked["state"]}
    answer = visitor.come_back(400, **back)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert links(answer)[1].startswith("/auth/local")
    assert "hub_session" not in cookies(answer)
    assert rogue.count("/token") == 0
    assert container.account_reader().by_identity(rogue.url, "7") is None
    assert asked["state"] not in answer.text


@pytest.mark.parametrize(
    "query",
    ["state=%ff&code=c", "state=%00", "%ff=%ff", "state[]=x&code[]=y", "=&&&"],
)
def test_odd_ways_back(visitor: Visitor, query: str) -> None:
    visitor.go()
    visitor.get(f"/auth/callback?{query}", status=400, Accept="text/html")


def test_a_way_back_with_everything_twice(visitor: Visitor) -> None:
    state = visitor.go()["state"]
    answer = visitor.get(
        f"/auth/callback?state={state}&state=x&code=c", status=400, Accept="application/json"
    )
    problem(answer, "invalid_login")
    visitor.come_back(state=state, code="c")


def test_a_state_is_good_once(visitor: Visitor, rogue: RogueProvider) -> None:
    asked = visitor.go()
    visitor.come_back(state=asked["state"], code="c")
    visitor.come_back(400, state=asked["state"], code="c")
    assert rogue.count("/token") == 1


def test_another_browser_cannot_finish_it(
    app: Router, visitor: Visitor, rogue: RogueProvider
) -> None:
    asked = visitor.go()
    other = Visitor(app, rogue)
    other.come_back(400, state=asked["state"], code="c")
    other.go()
    other.come_back(400, state=asked["state"], code="c")
    assert rogue.count("/token") == 0
    rogue.claims["nonce"] = asked["nonce"]
    visitor.come_back(state=asked["state"], code="c")


def test_a_token_for_another_sign_in(visitor: Visitor, rogue: RogueProvider) -> None:
    asked = visitor.go()
    rogue.claims["nonce"] = "another"
    answer = visitor.come_back(400, state=asked["state"], code="c")
    # It leads back to where the sign-in began.
    assert links(answer)[0] == "/auth/login?return_to=%2Fupload"
    assert not visitor.get("/api/v1/session").json["authenticated"]


def test_whoever_changes_their_mind_is_told_kindly(
    visitor: Visitor, rogue: RogueProvider
) -> None:
    asked = visitor.go()
    answer = visitor.come_back(400, state=asked["state"], error="access_denied")
    assert "The sign-in was cancelled." in answer
    assert links(answer) == [
        "/auth/login?return_to=%2Fupload",
        "/auth/local?return_to=%2Fupload",
    ]
    told = {"state": asked["state"], "error": "access_denied"}
    again = visitor.come_back(400, accept="application/json", **told)
    problem(again, "invalid_login")


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/" + "x" * 3000,
        "\x00",
    ],
)
def test_other_places_are_not_returned_to(visitor: Visitor, return_to: str) -> None:
    assert visitor.sign_in_there(return_to).location == f"{HOME}/"
    again = visitor.get(f"/auth/login?return_to={quote(return_to)}", status=303)
    assert again.location.startswith(f"{HOME}/")


def test_a_provider_that_is_down_is_said_and_comes_back(
    visitor: Visitor, rogue: RogueProvider, container: Container
) -> None:
    rogue.breaks("/.well-known/openid-configuration", {}, 503)
    answer = visitor.get("/auth/login?return_to=/upload", status=503, Accept="text/html")
    assert int(answer.headers["Retry-After"]) > 0
    assert links(answer) == [
        "/auth/login?return_to=%2Fupload",
        "/auth/local?return_to=%2Fupload",
    ]
    # Everything else goes on.
    visitor.get("/")
    visitor.get("/auth/local")
    answer = visitor.get("/auth/login", status=503, Accept="application/json")
    problem(answer, "provider_unavailable")
    rogue.answers.clear()
    container.identity_provider.reset()
    visitor.sign_in_there()


def test_a_provider_that_goes_down_in_between(visitor: Visitor, rogue: RogueProvider) -> None:
    asked = visitor.go()
    rogue.breaks("/token", b"<h1>oops</h1>", 502, content_type="text/html")
    answer = visitor.come_back(503, state=asked["state"], code="c")
    assert int(answer.headers["Retry-After"]) > 0
    assert links(answer)[0] == "/auth/login?return_to=%2Fupload"
    rogue.answers.clear()
    visitor.sign_in_there()


def test_a_banned_member_is_told_so_and_has_no_session(
    app: Router, visitor: Visitor, rogue: RogueProvider, container: Container
) -> None:
    visitor.sign_in_there()
    with container.uow() as uow:
        uow.users.by_identity(rogue.url, "7").ban(OPERATOR.id, "spam", None)
        uow.commit()
    other = Visitor(app, rogue)
    answer = other.sign_in_there(status=403)
    assert "This account is banned." in answer
    assert not answer.html.select("main form")
    assert not other.get("/api/v1/session").json["authenticated"]


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "ANNA@Example.TEST"}, "anna@example.test"),
        ({"email_verified": False}, None),
        ({"email_verified": None}, None),
        ({"email": None}, None),
        ({"email": "not an address"}, None),
    ],
)
def test_an_email_is_one_that_the_provider_vouches_for(
    visitor: Visitor, rogue: RogueProvider, claims: dict[str, Any], email: str | None
) -> None:
    rogue.knows(**claims)
    visitor.sign_in_there()
    assert visitor.me()["email"] == email
    # The frame of every page shows who is signed in.
    visitor.get("/studio", Accept="text/html")


@pytest.mark.parametrize("name", ["a\0b\r\nc", "я" * 10_000, "", 7, None, "<script>"])
def test_names_of_any_kind(visitor: Visitor, rogue: RogueProvider, name: Any) -> None:
    rogue.knows(name=name)
    visitor.sign_in_there()
    shown = visitor.me()["display_name"]
    assert 1 <= len(shown) <= 80
    assert "<script>" not in visitor.get("/studio", Accept="text/html")


def test_the_local_form_stays_where_it_can_be_found(
    visitor: Visitor, anna_here: Browser
) -> None:
    register = visitor.get("/register?return_to=/upload", Accept="text/html")
    assert "Sign in with School &lt;account&gt;" in register
    assert "/auth/local?return_to=%2Fupload" in links(register)
    page = visitor.get("/auth/local?return_to=/upload", Accept="text/html")
    assert links(page)[0] == "/auth/login?return_to=%2Fupload"
    form = page.forms[1]
    assert form.action == "/auth/local"
    form["email"] = "anna@example.test"
    form["password"] = "not this one"
    form = form.submit(status=401).forms[1]
    form["password"] = PASSWORD
    assert form.submit(status=303).location == f"{HOME}/upload"
    assert visitor.get("/auth/local?return_to=/studio", status=303).location.endswith("/studio")


def test_whoever_opens_the_hub_elsewhere_is_sent_to_its_public_address(
    visitor: Visitor, rogue: RogueProvider
) -> None:
    elsewhere = {"HTTP_HOST": "127.0.0.1:6543"}
    answer = visitor.http.get(
        "/auth/login?return_to=/upload", extra_environ=elsewhere, status=303
    )
    assert answer.location == f"{HOME}/auth/login?return_to=%2Fupload&moved=1"
    # Where a proxy keeps the name to itself, it does not go round in circles.
    moved = visitor.http.get("/auth/login?moved=1", extra_environ=elsewhere, status=303)
    assert moved.location.startswith(rogue.url)


def test_behind_tls_the_cookies_are_this_hosts_alone(
    settings: Settings, empty_sqlite: bytes, rogue: RogueProvider
) -> None:
    container = build_container(replace(settings, public_url="https://hub.example.test"))
    (settings.data_dir / "videohub.sqlite3").write_bytes(empty_sqlite)
    visitor = Visitor(make_app(container), rogue)
    visitor.http.extra_environ |= {"HTTP_HOST": "hub.example.test", "wsgi.url_scheme": "https"}
    answer = visitor.get("/auth/login", status=303)
    cookie = cookies(answer)["__Host-hub_login"]
    assert re.search("; secure", cookie, re.IGNORECASE)
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    asked = parse_qs(urlsplit(answer.location).query)
    rogue.claims["nonce"] = asked["nonce"][0]
    done = visitor.come_back(state=asked["state"][0], code="c")
    assert "__Host-hub_session" in cookies(done)
    container.database().close()
    container.hints().close()
    container.bus().close()


def test_a_hub_without_a_provider_has_none_of_it(any_app: Router, tmp_path: Path) -> None:
    values = {"videohub.data_dir": str(tmp_path / "plain"), **DEVELOPMENT}
    container = build_container(make_settings(values, {}))
    container.migrate()
    browser = Browser(make_app(container))
    browser.get("/auth/callback?state=x&code=y", status=404)
    browser.get("/auth/link", status=404)
    page = browser.get("/auth/login", Accept="text/html")
    assert page.forms[1].action == "/auth/login"
    assert "Sign in with" not in page
    with pytest.raises(InvalidToken):
        container.read_provider_token()(token="x.y.z")
    container.database().close()
    container.hints().close()
    container.bus().close()
