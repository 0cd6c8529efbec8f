"""Liking and following in Chromium: shown at once, taken back if it is not stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

from tests.end_to_end.hub import Hub, Member
from tests.end_to_end.test_browser import ARGUMENTS, CHROMIUM
from tests.waiting import eventually


@pytest.fixture(scope="module")
def owner(shared_hub: Hub) -> Member:
    return Member(shared_hub, "polina-of-people")


@pytest.fixture(scope="module")
def video(owner: Member, clip: Path) -> Any:
    return owner.processed(owner.upload(clip).json()["id"])


@pytest.fixture(scope="module")
def fan(shared_hub: Hub) -> Member:
    return Member(shared_hub, "fedor-of-people")


@pytest.fixture(scope="module")
def page(fan: Member) -> Iterator[Page]:
    assert CHROMIUM, "These tests need Chromium: install your system's package chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(
            base_url=fan.hub.url, locale="en-US", viewport={"width": 320, "height": 800}
        )
        cookies: Any = [
            {"name": one.name, "value": one.value, "url": fan.hub.url}
            for one in fan.http.cookies
        ]
        context.add_cookies(cookies)
        context.set_default_timeout(20_000)
        yield context.new_page()
        browser.close()


def test_a_like_is_seen_before_it_is_stored_and_taken_back(
    page: Page, fan: Member, video: Any
) -> None:
    page.goto(f"/watch/{video['id']}")
    button = page.get_by_role("button", name="Like")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/like", hold)
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("Like 1")
    eventually(lambda: len(held) == 1)
    held[0].fulfill(status=503, json={"code": "unavailable"})
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Like 0")
    expect(page.get_by_role("alert")).to_have_text("This was not saved. Try again.")
    page.unroute("**/like")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    eventually(lambda: fan.get(f"/api/v1/videos/{video['id']}").json()["viewer"]["liked"])
    page.goto("/likes")
    expect(page.get_by_role("link", name=video["title"])).to_be_visible()


def test_a_channel_is_followed_with_its_bell(page: Page, fan: Member, video: Any) -> None:
    channel = f"/channels/{video['channel']['id']}"

    def viewer() -> Any:
        return fan.get(f"/api/v1{channel}").json()["viewer"]

    page.goto(channel)
    bell = page.get_by_role("button", name="Tell me about new videos")
    expect(bell).to_be_hidden()
    page.get_by_role("button", name="Subscribe", exact=True).click()
    expect(page.get_by_text("1 subscriber")).to_be_visible()
    eventually(lambda: viewer()["bell"] == "all")
    expect(bell).to_have_attribute("aria-pressed", "true")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "false")
    eventually(lambda: viewer() == {"subscribed": True, "bell": "none", "can_edit": False})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.goto("/subscriptions")
    expect(page.get_by_role("link", name=video["title"])).to_be_visible()
    page.goto(channel)
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("0 subscribers")).to_be_visible()
    expect(bell).to_be_hidden()
    eventually(lambda: not viewer()["subscribed"])
