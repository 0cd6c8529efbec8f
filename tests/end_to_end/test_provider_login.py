"""Signing in through real providers: over HTTP, and in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.end_to_end.hub import PASSWORD, Hub, Member
from tests.end_to_end.providers import PROVIDERS, Provider, running_provider
from tests.end_to_end.test_browser import ARGUMENTS, CHROMIUM


@pytest.fixture(params=PROVIDERS)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Hub, Provider]]:
    """A hub of its own, and the provider that it is told of."""
    hub = Hub(tmp_path / "data", tmp_path / "log")
    # The provider is at 127.0.0.1: another site, as it would be.
    hub.url = f"http://localhost:{hub.port}"
    with running_provider(request.param, hub.url) as provider:
        hub.configure(**provider.settings)
        try:
            yield hub.start(), provider
        finally:
            hub.stop()


class Visitor:
    """Somebody with a browser that runs no scripts."""

    def __init__(self, hub: Hub, provider: Provider) -> None:
        self.hub = hub
        self.provider = provider
        self.http = requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.http.get(self.hub.url + path, allow_redirects=False, timeout=10)

    def sign_in(self, sub: str, return_to: str = "/") -> requests.Response:
        """Go to the provider and come back; return what the hub answers."""
        sent = self.get(f"/auth/login?return_to={return_to}")
        assert sent.status_code == 303, sent.text
        target = self.provider.sign_in(self.http, sent.headers["Location"], sub)
        assert target.startswith(f"{self.hub.url}/auth/callback?")
        return self.http.get(target, allow_redirects=False, timeout=10)

    def submit(self, path: str, form: dict[str, str], accept: str) -> requests.Response:
        token = self.http.get(f"{self.hub.url}/api/v1/csrf", timeout=10).json()["csrf_token"]
        return self.http.post(
            self.hub.url + path,
            data=form,
            headers={"X-CSRF-Token": token, "Accept": accept},
            allow_redirects=False,
            timeout=10,
        )

    def me(self) -> dict[str, object]:
        found: dict[str, object] = self.get("/api/v1/me").json()
        return found


def test_there_and_back_over_http(both: tuple[Hub, Provider]) -> None:
    hub, provider = both
    anna = Visitor(hub, provider)
    done = anna.sign_in("anna", "/upload")
    assert urljoin(hub.url, done.headers["Location"]) == f"{hub.url}/upload"
    me = anna.me()
    assert (me["sub"], me["email"], me["locale"]) == ("anna", "anna@example.test", "ru")
    assert me["channel"]["title"] == "Анна Ёлкина"  # type: ignore[index]
    left = anna.submit("/auth/logout", {}, "application/json").json()["logout_url"]
    assert left.startswith(provider.issuer)
    assert anna.get("/api/v1/me").status_code == 401
    assert provider.sign_out(anna.http, left) == f"{hub.url}/"
    assert anna.sign_in("anna").status_code == 303
    assert anna.me()["id"] == me["id"]
    # Somebody whose e-mail the provider does not vouch for has none.
    clara = Visitor(hub, provider)
    clara.sign_in("clara")
    assert (clara.me()["sub"], clara.me()["email"]) == ("clara", None)


def test_an_account_that_is_there_is_linked(both: tuple[Hub, Provider]) -> None:
    hub, provider = both
    local = Member(hub, "boris").get("/api/v1/me").json()["id"]
    boris = Visitor(hub, provider)
    done = boris.sign_in("boris", "/studio")
    assert urljoin(hub.url, done.headers["Location"]) == f"{hub.url}/auth/link"
    assert boris.submit("/auth/link", {"password": "wrong one"}, "text/html").status_code == 401
    linked = boris.submit("/auth/link", {"password": PASSWORD}, "text/html")
    assert urljoin(hub.url, linked.headers["Location"]) == f"{hub.url}/studio"
    assert boris.me()["id"] == local
    again = Visitor(hub, provider)
    again.sign_in("boris")
    assert again.me()["id"] == local


def test_the_hub_starts_while_the_provider_is_down(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "data", tmp_path / "log")
    hub.url = f"http://localhost:{hub.port}"
    with running_provider("mock", hub.url) as gone:
        hub.configure(**gone.settings)
    try:
        hub.start()
        answer = requests.get(f"{hub.url}/auth/login", allow_redirects=False, timeout=30)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "/auth/local" in answer.text
        assert requests.get(f"{hub.url}/health/ready", timeout=10).status_code == 200
    finally:
        hub.stop()
    assert "do not tell" not in hub.log.read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "These tests need Chromium: install your system's package chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, both: tuple[Hub, Provider]) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=both[0].url, locale="ru-RU")
    context.set_default_timeout(20_000)
    # Nothing but the two is asked, whatever a provider's page would like.
    context.route(
        lambda url: not url.startswith((both[0].url, both[1].issuer)),
        lambda route: route.abort(),
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, both: tuple[Hub, Provider]) -> Iterator[Page]:
    page = context.new_page()
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # What the provider's pages say is theirs; a wrong password is an error on purpose.
        if message.type == "error" and page.url.startswith(both[0].url):
            said.extend([message.text] if " 401 " not in message.text else [])

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    # A policy violation would stand here.
    assert said == []


def sign_in_there(page: Page, provider: Provider, sub: str) -> None:
    page.wait_for_url(f"{provider.issuer}/**")
    if provider.kind == "certified":
        page.get_by_placeholder("Enter any login").fill(sub)
        page.get_by_placeholder("and password").fill("any")
        page.get_by_role("button", name="Sign-in").click()
    else:
        page.get_by_placeholder("sub").fill(sub)
        page.get_by_role("button", name="Authorize").click()


def sign_out(page: Page, hub: Hub, provider: Provider) -> None:
    page.locator("summary.avatar").click()
    page.get_by_role("button", name="Выйти").click()
    page.wait_for_url(f"{provider.issuer}/**")
    leave = re.compile("Yes, sign me out|End session")
    page.get_by_role("button", name=leave).click()
    page.wait_for_url(f"{hub.url}/")
    expect(page.get_by_role("link", name="Войти")).to_be_visible()


BEST = pytest.mark.parametrize("both", PROVIDERS[-1:], indirect=True)


@BEST
def test_the_whole_way_in_chromium(page: Page, both: tuple[Hub, Provider]) -> None:
    hub, provider = both
    page.goto("/")
    page.get_by_role("link", name="Войти").click()
    sign_in_there(page, provider, "anna")
    page.wait_for_url(f"{hub.url}/")
    page.locator("summary.avatar").click()
    expect(page.get_by_text("Анна Ёлкина")).to_be_visible()
    expect(page.get_by_text("anna@example.test")).to_be_visible()
    channel = page.get_by_role("link", name="Ваш канал").get_attribute("href")
    page.keyboard.press("Escape")
    sign_out(page, hub, provider)
    # A page that needs a member leads to the provider and back to itself.
    page.goto("/studio")
    sign_in_there(page, provider, "anna")
    page.wait_for_url(f"{hub.url}/studio")
    page.locator("summary.avatar").click()
    assert page.get_by_role("link", name="Ваш канал").get_attribute("href") == channel


@BEST
def test_linking_in_chromium(page: Page, both: tuple[Hub, Provider]) -> None:
    hub, provider = both
    page.goto("/register")
    page.get_by_label("Имя").fill("Борис")
    page.get_by_label("Эл. почта").fill("boris@example.test")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Создать аккаунт").click()
    page.wait_for_url(f"{hub.url}/")
    page.locator("summary.avatar").click()
    page.get_by_role("button", name="Выйти").click()
    # A session that began here ends here.
    page.wait_for_url(f"{hub.url}/")
    page.goto("/auth/local?return_to=/upload")
    page.get_by_role("link", name="Войти через School").click()
    sign_in_there(page, provider, "boris")
    page.wait_for_url(f"{hub.url}/auth/link")
    expect(page.get_by_text("boris@example.test")).to_be_visible()
    page.get_by_label("Пароль").fill("not this one")
    page.get_by_role("button", name="Связать аккаунт").click()
    expect(page.get_by_role("alert")).to_have_text("Неверный пароль.")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Связать аккаунт").click()
    page.wait_for_url(f"{hub.url}/upload")
    page.locator("summary.avatar").click()
    expect(page.get_by_text("Борис", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    sign_out(page, hub, provider)
