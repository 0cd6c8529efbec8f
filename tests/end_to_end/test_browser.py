"""The newcomer's journey in a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.end_to_end.hub import PASSWORD, Hub
from tests.waiting import eventually

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "These tests need Chromium: install your system's package chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, shared_hub: Hub) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=shared_hub.url, locale="ru-RU")
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    # A policy violation or an exception in a script would stand here.
    assert said == []


def register(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Регистрация").first.click()
    page.get_by_label("Имя").fill(name)
    page.get_by_label("Эл. почта").fill(f"{name}@example.test")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Создать аккаунт").click()
    page.wait_for_url("/")


def current_time(page: Page) -> float:
    return float(page.locator("video").evaluate("video => video.currentTime"))


def test_register_upload_play_seek(page: Page, large_clip: Path) -> None:
    register(page, "viktor")
    page.goto("/upload")
    page.locator("input[data-choose]").set_input_files(large_clip)
    page.locator("[data-field=title]").fill("Морские узлы")
    page.locator("[data-act=publish]").click()
    page.locator("[data-part=watch]").click()
    expect(page.get_by_role("heading", name="Морские узлы")).to_be_visible()
    video = page.locator("video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    eventually(lambda: current_time(page) > 0.3)
    middle = float(video.evaluate("video => video.currentTime = video.duration / 2"))
    # Plays on from there: the position moves, and not only to where it was put.
    eventually(lambda: current_time(page) > middle + 0.5)
    assert video.evaluate("video => video.seeking || video.paused") is False
    assert video.evaluate("video => video.error") is None


def test_upload_without_javascript(browser: Browser, shared_hub: Hub, clip: Path) -> None:
    context = browser.new_context(
        base_url=shared_hub.url, locale="en-US", java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/register")
    page.get_by_label("Name").fill("Plain")
    page.get_by_label("E-mail").fill("plain@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.goto("/upload")
    page.get_by_label("Title").fill("Knots without scripts")
    page.get_by_label("Video file").set_input_files(clip)
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url("**/studio?uploaded=*")
    expect(page.get_by_text("Knots without scripts").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/register", "/auth/login", "/problems/", "/nothing"])
def test_pages_fit_a_small_screen(
    browser: Browser, shared_hub: Hub, path: str, scheme: str
) -> None:
    context = browser.new_context(
        base_url=shared_hub.url,
        viewport={"width": 320, "height": 640},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="ru-RU",
    )
    page = context.new_page()
    page.goto(path)
    root = page.locator("html")
    assert root.evaluate("html => html.scrollWidth") <= 320
    assert root.get_attribute("lang") == "ru"
    context.close()
