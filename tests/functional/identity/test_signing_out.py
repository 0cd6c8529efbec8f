"""Signing out, here and at the provider."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from entrypoints.container import Container
from tests.functional.browser import Browser
from tests.functional.identity.visitor import HOME, Visitor, links
from tests.rogue_provider import RogueProvider


def test_a_script_is_told_where_to_sign_out(visitor: Visitor, rogue: RogueProvider) -> None:
    visitor.sign_in_there()
    headers = {"X-CSRF-Token": visitor.token(), "Accept": "application/json"}
    answer = visitor.http.post("/auth/logout", headers=headers)
    url = urlsplit(answer.json["logout_url"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{rogue.url}/logout"
    asked = parse_qs(url.query)
    assert asked["post_logout_redirect_uri"] == [f"{HOME}/"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert not visitor.get("/api/v1/session").json["authenticated"]
    again = {"X-CSRF-Token": visitor.token(), "Accept": "application/json"}
    assert visitor.http.post("/auth/logout", headers=again).json == {"logout_url": "/"}


def test_a_form_is_led_to_the_provider(visitor: Visitor, rogue: RogueProvider) -> None:
    visitor.sign_in_there()
    page = visitor.get("/", Accept="text/html").forms[1].submit(status=200)
    (refresh,) = page.html.select("meta[http-equiv=refresh]")
    assert refresh["content"].startswith(f"0; url={rogue.url}/logout?")
    assert links(page)[0].startswith(f"{rogue.url}/logout?")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Clear-Site-Data"] == '"cookies", "storage"'
    # The page knows already that nobody is signed in.
    assert page.html.select(".bar a[href='/register']")
    assert not visitor.get("/api/v1/session").json["authenticated"]


def test_a_local_session_ends_here(visitor: Visitor, anna_here: Browser) -> None:
    visitor.sign_in("anna")
    form = visitor.get("/", Accept="text/html").forms[1]
    assert form.submit(status=303).location == f"{HOME}/"


def test_signing_out_does_not_wait_for_a_provider_that_is_down(
    visitor: Visitor, rogue: RogueProvider, container: Container
) -> None:
    visitor.sign_in_there()
    container.identity_provider.reset()
    rogue.breaks("/.well-known/openid-configuration", {}, 503)
    form = visitor.get("/", Accept="text/html").forms[1]
    assert form.submit(status=303).location == f"{HOME}/"
    assert not visitor.get("/api/v1/session").json["authenticated"]
