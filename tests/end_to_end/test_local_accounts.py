"""Local accounts as members meet them: pages in Chromium, the API, mails through a relay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.end_to_end.hub import PASSWORD, Hub
from tests.end_to_end.test_browser import ARGUMENTS, CHROMIUM
from tests.smtp import Relay, link_of, running_relay, text_of, token_of

NEW = "another long one"
NO_FAULT = re.compile(
    r"\[DOM\] |Clear-Site-Data header |Failed to load resource: .* status of (400|401|403) "
)
"""What Chromium says of forms it would like better, of signing out, and of what is refused."""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    with running_relay() as relay:
        yield relay


@contextmanager
def mailing_hub(folder: Path, relay: Relay, **settings: str) -> Iterator[Hub]:
    hub = Hub(folder / "data", folder / "log")
    # The address in mails.
    hub.url = f"http://localhost:{hub.port}"
    hub.configure(smtp_url=relay.url(), email_verification="yes", **settings)
    try:
        yield hub.start()
    finally:
        hub.stop()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, relay: Relay) -> Iterator[Hub]:
    with mailing_hub(tmp_path_factory.mktemp("hub"), relay) as hub:
        yield hub


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "These tests need Chromium: install your system's package chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Open a page of a hub in a browser of its own, in a language."""
    contexts, said, elsewhere = [], list[str](), list[str]()

    def open_page(hub: Hub, locale: str, **options: Any) -> Page:
        def note(message: ConsoleMessage) -> None:
            if not NO_FAULT.match(message.text):
                said.append(message.text)

        def watch(url: str) -> None:
            if not url.startswith((f"{hub.url}/", "data:", "blob:")):
                elsewhere.append(url)

        context = browser.new_context(base_url=hub.url, locale=locale, **options)
        context.set_default_timeout(20_000)
        context.on("request", lambda request: watch(request.url))
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A policy violation or an exception in a script would stand here.
    assert said == []
    assert elsewhere == []


class Member:
    """Somebody who has confirmed their e-mail, over the API."""

    def __init__(self, hub: Hub, relay: Relay, name: str) -> None:
        self.hub = hub
        self.email = f"{name}@example.test"
        self.http = requests.Session()
        account = {"email": self.email, "password": PASSWORD, "display_name": name}
        assert self.send("POST", "users", account).status_code == 202
        token = token_of(relay.wait(self.email))
        assert self.send("POST", f"email-verifications/{token}").status_code == 204

    def send(self, method: str, path: str, body: Any = None) -> requests.Response:
        url = f"{self.hub.url}/api/v1/"
        token = self.http.get(f"{url}csrf", timeout=30).json()["csrf_token"]
        headers = {"X-CSRF-Token": token}
        return self.http.request(method, url + path, json=body, headers=headers, timeout=30)

    def sign_in(self, password: str = PASSWORD) -> requests.Response:
        return self.send("POST", "session", {"email": self.email, "password": password})


def said_by(hub: Hub, *arguments: str) -> str:
    """Run `videohub users` and return what it says."""
    command = hub.command("users", *arguments)
    said, _ = command.communicate(timeout=60)
    assert command.returncode == 0, said
    return said


def follow(page: Page, hub: Hub, mail: EmailMessage) -> None:
    link = f"{hub.url}{link_of(mail)}"
    assert f'href="{link}"' in text_of(mail, "html")
    page.goto(link)


def fill(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.locator(f"main [name={name}]").fill(text)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def sign_in(page: Page, email: str, password: str = PASSWORD, button: str = "Sign in") -> None:
    page.goto("/auth/local")
    fill(page, email=email, password=password)
    press(page, button)


def expect_signed_in(page: Page, email: str) -> None:
    page.wait_for_url("**/")
    page.locator("summary.avatar").click()
    expect(page.locator(".menu__who")).to_contain_text(email)


def expect_said(page: Page, text: str) -> None:
    expect(page.get_by_role("alert").or_(page.get_by_role("status"))).to_have_text(text)


def expect_title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_register_and_confirm(hub: Hub, relay: Relay, opened: Open) -> None:
    email, subject = "vera@example.test", "Подтвердите адрес электронной почты"
    page = opened(hub, "ru-RU")
    page.goto("/")
    page.get_by_role("link", name="Регистрация").first.click()
    fill(page, display_name="Вера", email=email, password=PASSWORD)
    press(page, "Создать аккаунт")
    expect_title(page, "Загляните в почту")
    first = relay.wait(email, subject)
    assert "Ссылка сработает один раз" in text_of(first)
    sign_in(page, email, button="Войти")
    expect_said(page, "Ваш адрес ещё не подтверждён.")
    press(page, "Отправить письмо ещё раз")
    expect_title(page, "Загляните в почту")
    second = relay.wait(email, subject, count=2)
    follow(page, hub, second)
    press(page, "Подтвердить адрес")
    expect_said(page, "Ваш адрес подтверждён. Теперь войдите.")
    fill(page, email=email, password=PASSWORD)
    press(page, "Войти")
    expect_signed_in(page, email)
    # One link is enough.
    follow(page, hub, first)
    press(page, "Подтвердить адрес")
    expect_said(page, "Эта ссылка больше не действует.")


def test_forgotten_password(hub: Hub, relay: Relay, opened: Open) -> None:
    email = Member(hub, relay, "fedor").email
    elsewhere, page = opened(hub, "en-US"), opened(hub, "en-US")
    sign_in(elsewhere, email)
    expect_signed_in(elsewhere, email)
    page.goto("/auth/login")
    page.get_by_role("link", name="Forgot your password?").click()
    fill(page, email=email.upper())
    press(page, "Send the link")
    expect_title(page, "Look into your mail")
    mail = relay.wait(email, "Choose a new password")
    follow(page, hub, mail)
    fill(page, password=NEW)
    press(page, "Change the password")
    expect_said(page, "Your password is changed. Sign in with the new one.")
    relay.wait(email, "Your password was changed")
    elsewhere.goto("/settings/profile")
    expect_title(elsewhere, "Sign in to Video Hub")
    fill(page, email=email, password=PASSWORD)
    press(page, "Sign in")
    expect_said(page, "The e-mail or the password is wrong.")
    fill(page, password=NEW)
    press(page, "Sign in")
    expect_signed_in(page, email)
    follow(elsewhere, hub, mail)
    fill(elsewhere, password="stolen password")
    press(elsewhere, "Change the password")
    expect_said(elsewhere, "This link is not valid any more.")
    elsewhere.get_by_role("link", name="Ask for a link").click()
    expect_title(elsewhere, "Forgot your password?")


def test_profile(hub: Hub, relay: Relay, opened: Open) -> None:
    member, fresh = Member(hub, relay, "polina"), "polina@new.example.test"
    member.sign_in()
    page = opened(hub, "ru-RU")
    sign_in(page, member.email, button="Войти")
    expect_signed_in(page, member.email)
    page.get_by_role("link", name="Настройки").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    fill(page, display_name="Полина Ёж", phone="87017075566")
    page.get_by_label("Язык").select_option("en")
    press(page, "Сохранить")
    expect_said(page, "Your changes are saved.")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_label("Phone")).to_have_value("+77017075566")
    me = member.http.get(f"{hub.url}/api/v1/me", timeout=30).json()
    assert (me["display_name"], me["phone"]) == ("Полина Ёж", "+77017075566")
    fill(page, email=fresh)
    press(page, "Save")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("E-mail")).to_have_value(fresh)
    fill(page, current_password=PASSWORD)
    press(page, "Save")
    waits = f"Your e-mail is {member.email} until you follow the link in the mail to {fresh}."
    expect(page.get_by_text(waits)).to_be_visible()
    # The language that the member has chosen is that of mails.
    relay.wait(member.email, "Your e-mail is about to change")
    assert member.sign_in().status_code == 201
    follow(page, hub, relay.wait(fresh, "Confirm your new e-mail"))
    press(page, "Confirm the e-mail")
    expect_said(page, "Your e-mail is confirmed.")
    expect(page.get_by_label("E-mail")).to_have_value(fresh)
    assert member.sign_in().status_code == 401
    member.email = fresh
    assert member.sign_in().status_code == 201


def test_another_password(hub: Hub, relay: Relay, opened: Open) -> None:
    email = Member(hub, relay, "oleg").email
    page, elsewhere = opened(hub, "en-US"), opened(hub, "en-US")
    for one in (page, elsewhere):
        sign_in(one, email)
        expect_signed_in(one, email)
    page.goto("/settings/profile")
    page.get_by_role("link", name="Password", exact=True).click()
    fill(page, current_password="not this one", new_password=NEW)
    press(page, "Change the password")
    expect(page.get_by_text("The password is wrong or missing.")).to_be_visible()
    fill(page, current_password=PASSWORD, new_password=NEW)
    press(page, "Change the password")
    done = "Your password is changed. You are signed out everywhere but here."
    expect_said(page, done)
    elsewhere.goto("/settings/password")
    expect_title(elsewhere, "Sign in to Video Hub")
    sign_in(elsewhere, email, NEW)
    expect_signed_in(elsewhere, email)
    relay.wait(email, "Your password was changed")


def test_without_scripts(hub: Hub, relay: Relay, opened: Open) -> None:
    email = "nina@example.test"
    page = opened(hub, "en-US", java_script_enabled=False)
    page.goto("/register")
    fill(page, display_name="Nina", email=email, password=PASSWORD)
    press(page, "Create account")
    expect_title(page, "Look into your mail")
    fill(page, email=email)
    press(page, "Send the mail again")
    follow(page, hub, relay.wait(email, "Confirm your e-mail", count=2))
    press(page, "Confirm the e-mail")
    fill(page, email=email, password=PASSWORD)
    press(page, "Sign in")
    expect_signed_in(page, email)
    page.get_by_role("link", name="Settings").click()
    fill(page, phone="+7 701 707 55 66")
    press(page, "Save")
    expect(page.get_by_label("Phone")).to_have_value("+77017075566")
    page.get_by_role("link", name="Password", exact=True).click()
    fill(page, current_password=PASSWORD, new_password=NEW)
    press(page, "Change the password")
    expect_title(page, "Change the password")
    page.locator("summary.avatar").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/forgot-password")
    fill(page, email=email)
    press(page, "Send the link")
    follow(page, hub, relay.wait(email, "Choose a new password"))
    fill(page, password=PASSWORD)
    press(page, "Change the password")
    expect_said(page, "Your password is changed. Sign in with the new one.")
    fill(page, email=email, password=PASSWORD)
    press(page, "Sign in")
    expect_signed_in(page, email)


def test_over_the_api(hub: Hub, relay: Relay) -> None:
    """Nothing tells a stranger who has an account; a new password ends every client."""
    anna = Member(hub, relay, "anna")
    again = {"email": anna.email, "password": NEW, "display_name": "Eve"}
    answer = anna.send("POST", "users", again)
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    relay.wait(anna.email, "You already have an account")
    assert anna.sign_in(NEW).status_code == 401
    assert anna.sign_in().status_code == 201
    pair = anna.send("POST", "tokens", {}).json()
    bearer = {"Authorization": f"Bearer {pair['access_token']}"}
    assert requests.get(f"{hub.url}/api/v1/me", headers=bearer, timeout=30).status_code == 200
    for email in (anna.email, "nobody@example.test"):
        asked = anna.send("POST", "password-resets", {"email": email})
        assert (asked.status_code, asked.json()) == (202, {"status": "accepted"})
    token = token_of(relay.wait(anna.email, "Choose a new password"))
    reset = f"password-resets/{token}"
    assert anna.send("POST", reset, {"password": "short"}).status_code == 400
    assert anna.send("POST", reset, {"password": NEW}).status_code == 204
    assert anna.send("POST", reset, {"password": PASSWORD}).json()["code"] == "link_not_valid"
    assert anna.http.get(f"{hub.url}/api/v1/me", timeout=30).status_code == 401
    refreshed = anna.send("POST", "tokens/refresh", {"refresh_token": pair["refresh_token"]})
    assert refreshed.status_code == 401
    assert requests.get(f"{hub.url}/api/v1/me", headers=bearer, timeout=30).status_code == 401
    assert anna.sign_in(NEW).status_code == 201
    assert not [mail for mail in relay.mails if mail["To"] == "nobody@example.test"]
    log = hub.log.read_text(encoding="utf-8")
    for secret in (token, anna.email, pair["refresh_token"], pair["access_token"], NEW):
        assert secret not in log


def test_by_invitation_until_registration_is_closed(
    tmp_path: Path, relay: Relay, opened: Open
) -> None:
    with mailing_hub(tmp_path, relay, registration="invitation") as hub:
        page, guest = opened(hub, "ru-RU"), opened(hub, "en-US")
        guest.goto("/register")
        expect(guest.locator("main")).to_contain_text("New members come by invitation")
        expect(guest.locator("main form")).to_have_count(0)
        # Whoever runs the hub lets the first one in.
        page.goto(said_by(hub, "invite", "admin@example.test").split()[0])
        fill(page, display_name="Ася", password=PASSWORD)
        press(page, "Создать аккаунт")
        expect_signed_in(page, "admin@example.test")
        said_by(hub, "promote", "admin@example.test")
        sign_in(page, "admin@example.test", button="Войти")
        expect_signed_in(page, "admin@example.test")
        page.get_by_role("link", name="Приглашения").click()
        fill(page, note="Для Глеба")
        press(page, "Пригласить")
        link = page.get_by_label("Ссылка").input_value()
        guest.goto(link)
        fill(guest, display_name="Gleb", email="gleb@example.test", password=PASSWORD)
        press(guest, "Create account")
        follow(guest, hub, relay.wait("gleb@example.test"))
        press(guest, "Confirm the e-mail")
        fill(guest, email="gleb@example.test", password=PASSWORD)
        press(guest, "Sign in")
        expect_signed_in(guest, "gleb@example.test")
        page.goto("/invitations")
        expect(page.get_by_text("Пришёл(ла) Gleb")).to_be_visible()
        fill(page, note="Для Лизы")
        press(page, "Пригласить")
        link = page.get_by_label("Ссылка").input_value()
        hub.stop()
        hub.configure(registration="closed")
        hub.start()
        other = opened(hub, "en-US")
        other.goto(link)
        expect(other.locator("main")).to_contain_text("Nobody can register here.")
        expect(other.locator("main form")).to_have_count(0)
