"""Comments in Chromium: said, answered, edited and deleted in place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.end_to_end.hub import Hub, Member
from tests.end_to_end.test_browser import ARGUMENTS, CHROMIUM
from tests.waiting import eventually


@pytest.fixture(scope="module")
def owner(shared_hub: Hub) -> Member:
    return Member(shared_hub, "olga-of-comments")


@pytest.fixture(scope="module")
def video_id(owner: Member, clip: Path) -> str:
    return str(owner.processed(owner.upload(clip).json()["id"])["id"])


@pytest.fixture
def page(shared_hub: Hub, owner: Member) -> Iterator[Page]:
    assert CHROMIUM, "These tests need Chromium: install your system's package chromium."
    failed: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(base_url=shared_hub.url, locale="en-US")
        cookies = [
            {"name": cookie.name, "value": str(cookie.value), "url": shared_hub.url}
            for cookie in owner.http.cookies
        ]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("pageerror", lambda error: failed.append(str(error)))
        yield page
        browser.close()
    assert failed == []


def items_of(owner: Member, video_id: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = owner.get(f"/api/v1/videos/{video_id}/comments").json()[
        "items"
    ]
    return found


def test_a_talk_in_place(page: Page, owner: Member, video_id: str) -> None:
    page.goto(f"/watch/{video_id}")
    section = page.locator("[data-comments]")
    section.get_by_label("Your comment").fill("Look at 0:03\nand <b>on</b>")
    section.get_by_role("button", name="Comment", exact=True).click()
    item = section.locator("li.comment").first
    expect(item.locator("a.time-code")).to_have_text("0:03")
    expect(section.locator(".comments__count")).to_have_text("1")
    item.locator("a.time-code").click()
    expect(page).to_have_url(f"{owner.hub.url}/watch/{video_id}?t=3")
    item.get_by_role("link", name="Reply").click()
    item.get_by_label("Your reply").fill("I see")
    item.get_by_role("button", name="Reply").click()
    reply = item.locator("[data-replies] li.comment")
    expect(reply.locator(".comment__text")).to_have_text("I see")
    expect(reply.get_by_role("link", name="Edit")).to_be_visible()
    reply.get_by_role("link", name="Edit").click()
    reply.get_by_label("Your comment").fill("I saw")
    reply.get_by_role("button", name="Save").click()
    expect(reply.get_by_text("edited")).to_be_visible()
    expect(reply.locator(".comment__text")).to_have_text("I saw")
    reply.get_by_role("link", name="Delete").click()
    reply.get_by_role("button", name="Undo").click()
    expect(reply.locator(".comment__text")).to_have_text("I saw")
    assert [item["replies"] for item in items_of(owner, video_id)] == [1]
    reply.get_by_role("link", name="Delete").click()
    expect(reply.get_by_role("button", name="Undo")).to_be_visible()
    # Whoever leaves the page does not wait for its end.
    page.goto("/")
    eventually(lambda: [item["replies"] for item in items_of(owner, video_id)] == [0])


def test_what_fails_is_rolled_back(page: Page, video_id: str) -> None:
    page.goto(f"/watch/{video_id}")
    section = page.locator("[data-comments]")
    count = section.locator(".comments__count").inner_text()
    page.route("**/comments", lambda route: route.abort())
    field = section.get_by_label("Your comment")
    field.fill("Lost?")
    field.press("Tab")
    section.get_by_role("button", name="Comment", exact=True).press("Enter")
    expect(section.get_by_role("alert")).to_have_text("This did not work. Try again.")
    expect(field).to_have_value("Lost?")
    expect(section.locator(".comment--draft")).to_have_count(0)
    expect(section.locator(".comments__count")).to_have_text(count)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_talk_fits_the_screen(
    page: Page, owner: Member, video_id: str, width: int, tmp_path: Path
) -> None:
    said = owner.send(
        "POST", f"/api/v1/videos/{video_id}/comments", json={"text": "x" * 300}
    ).json()
    path = f"/api/v1/videos/{video_id}/comments"
    owner.send("POST", path, json={"text": "y" * 300, "reply_to": said["id"]})
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/watch/{video_id}?comment={said['id']}#comment-{said['id']}")
    expect(page.locator("[data-replies] li.comment")).to_have_count(1)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    page.screenshot(path=tmp_path / "talk.png", full_page=True)
