"""Searching in a real Chromium, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.hub import Hub, Member
from tests.end_to_end.test_browser import browser, context, page  # noqa: F401 - fixtures
from tests.waiting import eventually


@pytest.fixture
def knots(anna: Member, clip: Path) -> Iterator[str]:
    """A video that can be watched."""
    about = {"title": "Морские узлы", "tags": "верёвочка", "description": "Узел за узлом."}
    video_id = anna.upload(clip, **about).json()["id"]
    anna.processed(video_id, until=("playable", "processing", "ready"))
    yield video_id
    anna.send("DELETE", f"/api/v1/videos/{video_id}")


def test_suggestions_lead_to_results_with_marked_words(page: Page, knots: str) -> None:  # noqa: F811
    page.goto("/")
    field = page.get_by_role("combobox", name="Искать")
    field.press_sequentially("морс")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_have_text("Морские узлы")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(options).to_have_count(0)
    field.press_sequentially("к")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/search?q=*")
    result = page.locator(".result").first
    expect(result.locator("h2 mark")).to_have_text(["Морские", "узлы"])
    page.get_by_label("Длительность").select_option("long")
    page.get_by_role("button", name="Показать").click()
    expect(page.get_by_role("link", name="Искать без фильтров")).to_be_visible()


def test_a_slip_is_told(page: Page, knots: str) -> None:  # noqa: F811
    page.goto("/search?q=верёвчока")
    expect(page.locator(".note")).to_contain_text("веревочка")
    expect(page.locator(".result")).to_have_count(1)


def test_search_without_scripts_on_a_small_screen(
    browser: Browser,  # noqa: F811
    shared_hub: Hub,
    knots: str,
) -> None:
    plain = browser.new_context(
        base_url=shared_hub.url,
        java_script_enabled=False,
        viewport={"width": 320, "height": 640},
        locale="en-US",
    )
    opened = plain.new_page()
    opened.goto("/")
    opened.get_by_role("searchbox", name="Search videos").fill('"морской узел"')
    opened.keyboard.press("Enter")
    expect(opened.locator(".result h2").first).to_have_text("Морские узлы")
    box = opened.locator("html").bounding_box()
    assert box is not None
    assert box["width"] <= 320
    plain.close()


def test_captions_are_found_within_seconds(anna: Member, knots: str) -> None:
    vtt = b"WEBVTT\n\n00:00.000 --> 00:01.000\nbowline hitch\n"
    headers = {"Content-Type": "text/vtt"}
    put = anna.send("PUT", f"/api/v1/videos/{knots}/captions/en", data=vtt, headers=headers)
    assert put.status_code < 300, put.text

    def found() -> bool:
        return bool(anna.get("/api/v1/search/videos?q=hitches").json()["items"])

    eventually(found, 5)
