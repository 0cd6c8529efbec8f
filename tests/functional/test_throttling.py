"""Guessing passwords: slow for whoever guesses, not for whoever knows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from entrypoints.edge.devices import ACCOUNTS_MOST, known_device, with_account
from entrypoints.http.app import make_app
from tests.functional.browser import PASSWORD, Browser, problem
from tests.functional.test_manners import set_rate
from videohub_core.shared.rate_limit import Rate

SECRET = b"secret"
ANNA = "anna@example.test"
OTHERS = [f"192.0.2.{n}" for n in range(1, 10)]


def attempt(
    browser: Browser, *, email: str = ANNA, password: str = "a guess", address: str = ""
) -> int:
    headers = {"X-CSRF-Token": browser.token()}
    environ = {"REMOTE_ADDR": address} if address else {}
    answer = browser.http.post_json(
        "/api/v1/session",
        {"email": email, "password": password},
        headers=headers,
        extra_environ=browser.http.extra_environ | environ,
        expect_errors=True,
    )
    if answer.status_int == 429:
        problem(answer, "too_many_requests")
        assert int(answer.headers["Retry-After"]) > 0
    return int(answer.status_int)


def signed_out(app: Router, browser: Browser) -> Browser:
    """Return the same browser after its session has ended by itself."""
    fresh = Browser(app)
    fresh.http.set_cookie("hub_device", browser.http.cookies["hub_device"])
    return fresh


@pytest.mark.parametrize("email", [ANNA, "nobody@example.test"])
def test_an_account_is_guessed_at_so_often_from_everywhere_together(
    app: Router, anna: Browser, container: Container, email: str
) -> None:
    set_rate(container, "sign_in_account", Rate(3, 3600))
    seen = [attempt(Browser(app), email=email, address=address) for address in OTHERS[:5]]
    # An account that is none is answered like one that is.
    assert seen == [401, 401, 401, 429, 429]
    # However it is written.
    spelled = email.upper().replace("EXAMPLE", "ｅｘａｍｐｌｅ")
    assert attempt(Browser(app), email=spelled, address=OTHERS[6]) == 429


def test_the_owner_is_not_locked_out_of_a_browser_that_is_known(
    app: Router, anna: Browser, container: Container
) -> None:
    set_rate(container, "sign_in_account", Rate(3, 3600))
    known = signed_out(app, anna)
    for address in OTHERS[:5]:
        attempt(Browser(app), address=address)
    assert attempt(Browser(app), password=PASSWORD) == 429
    assert attempt(known, password=PASSWORD) == 201


def test_a_known_browser_has_a_bucket_of_its_own(
    app: Router, anna: Browser, container: Container
) -> None:
    set_rate(container, "sign_in_known", Rate(2, 3600))
    known = signed_out(app, anna)
    assert [attempt(known) for _ in range(3)] == [401, 401, 429]
    assert attempt(Browser(app), password=PASSWORD) == 201


def test_a_browser_is_known_to_its_own_account_only(
    app: Router, anna: Browser, boris: Browser, container: Container
) -> None:
    set_rate(container, "sign_in_account", Rate(2, 3600))
    known_to_boris = signed_out(app, boris)
    seen = [attempt(known_to_boris, address=address) for address in OTHERS[:3]]
    assert seen == [401, 401, 429]
    forged = Browser(app)
    cookie = boris.http.cookies["hub_device"]
    for value in (cookie[:-1] + "A", "x", "." * 50, cookie * 9, "é"):
        forged.http.set_cookie("hub_device", value.encode("ascii", "ignore").decode())
        assert attempt(forged) == 429


def test_an_address_guesses_so_often_at_all_accounts_together(
    app: Router, anna: Browser, container: Container
) -> None:
    set_rate(container, "sign_in_address", Rate(4, 3600))
    seen = [attempt(Browser(app), email=f"guess{n}@example.test") for n in range(5)]
    assert seen == [401, 401, 401, 401, 429]
    assert attempt(Browser(app), address=OTHERS[0]) == 401


def test_what_is_refused_for_the_address_does_not_fill_the_accounts_bucket(
    app: Router, anna: Browser, container: Container
) -> None:
    set_rate(container, "sign_in", Rate(2, 3600))
    set_rate(container, "sign_in_account", Rate(5, 3600))
    for _ in range(20):
        attempt(Browser(app), address=OTHERS[0])
    assert attempt(Browser(app), password=PASSWORD, address=OTHERS[1]) == 201


def test_the_page_counts_as_the_api_does(
    app: Router, anna: Browser, container: Container
) -> None:
    set_rate(container, "sign_in_account", Rate(2, 3600))
    for address in OTHERS[:3]:
        attempt(Browser(app), address=address)
    for browser, status in ((Browser(app), 429), (signed_out(app, anna), 303)):
        form = browser.get("/auth/login").forms[1]
        form["email"], form["password"] = ANNA, PASSWORD
        form.submit(status=status)


def test_the_cookie_is_no_credential_and_lasts_a_year(anna: Browser, app: Router) -> None:
    answer = signed_out(app, anna).sign_in("anna")
    (cookie,) = [c for c in answer.headers.getall("Set-Cookie") if c.startswith("hub_device=")]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={365 * 24 * 3600}"):
        assert part in cookie
    assert not signed_out(app, anna).get("/api/v1/session").json["authenticated"]
    assert "anna" not in cookie


def test_behind_tls_the_cookie_is_tied_to_the_host(container: Container) -> None:
    tls = replace(container.settings(), public_url="https://videos.example.org")
    container.settings.override(tls)
    browser = Browser(make_app(container))
    browser.http.extra_environ |= {
        "HTTP_HOST": "videos.example.org",
        "wsgi.url_scheme": "https",
    }
    browser.register("anna")
    answer = browser.sign_in("anna")
    (cookie,) = [c for c in answer.headers.getall("Set-Cookie") if "hub_device" in c]
    assert cookie.startswith("__Host-hub_device=")
    assert "; secure" in cookie.lower()


def test_a_browser_of_several_people_knows_the_last_few() -> None:
    cookie: str | None = None
    people = [f"{n}@example.test" for n in range(ACCOUNTS_MOST + 2)]
    for person in people:
        cookie = with_account(SECRET, cookie, person)
    known = [known_device(SECRET, cookie, person) is not None for person in people]
    assert known == [False, False] + [True] * ACCOUNTS_MOST
    assert cookie is not None
    assert len(cookie) < 200


def test_a_browser_keeps_its_name_at_an_account() -> None:
    first = with_account(SECRET, None, ANNA)
    again = with_account(SECRET, with_account(SECRET, first, "boris@example.test"), ANNA)
    assert known_device(SECRET, first, ANNA) == known_device(SECRET, again, ANNA) is not None
    assert known_device(b"another secret", again, ANNA) is None
    assert known_device(SECRET, None, ANNA) is None


def test_no_account_name_is_taken_for_another() -> None:
    # What is signed says where the name begins.
    cookie = with_account(SECRET, None, ANNA)
    nonce = cookie[:16]
    assert known_device(SECRET, cookie, f"{nonce} {ANNA}") is None
    assert known_device(SECRET, cookie, "\ud800") is None
