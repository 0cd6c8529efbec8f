"""Subtitles and posters as members bring them: over the wire, and on the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.end_to_end.hub import Hub, Member
from tests.end_to_end.test_browser import ARGUMENTS, CHROMIUM

SUBRIP = "1\n00:00:00,500 --> 00:00:01,500\nДобрый вечер!\n".encode("cp1251")
VTT = "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nДобрый вечер!\n"


@pytest.fixture(scope="module")
def owner(shared_hub: Hub) -> Member:
    return Member(shared_hub, "stella-of-studio")


@pytest.fixture(scope="module")
def video_id(owner: Member, clip: Path) -> str:
    made = str(owner.upload(clip).json()["id"])
    owner.processed(made)
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "These tests need Chromium: install your system's package chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=["with scripts", "without scripts"])
def page(
    request: pytest.FixtureRequest, browser: Browser, owner: Member
) -> Iterator[tuple[Page, bool]]:
    scripts = request.param == "with scripts"
    context: BrowserContext = browser.new_context(
        base_url=owner.hub.url, locale="ru-RU", java_script_enabled=scripts
    )
    cookies: Any = [
        {"name": one.name, "value": one.value, "url": owner.hub.url}
        for one in owner.http.cookies
    ]
    context.add_cookies(cookies)
    context.set_default_timeout(20_000)
    yield context.new_page(), scripts
    context.close()


def picture(size: tuple[int, int]) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (0, 0, 200)).save(made, "PNG")
    return made.getvalue()


def poster_of(owner: Member, video_id: str) -> tuple[int, int]:
    answer = owner.get(f"/media/{video_id}/poster.jpg")
    assert answer.headers["Content-Type"] == "image/jpeg"
    return Image.open(io.BytesIO(answer.content)).size


def test_captions_are_seen_by_whoever_sees_the_video(owner: Member, video_id: str) -> None:
    kind = {"Content-Type": "application/x-subrip"}
    address = f"/api/v1/videos/{video_id}/captions/ru"
    owner.send("PUT", address, data=SUBRIP, headers=kind).raise_for_status()
    media = f"{owner.hub.url}/media/{video_id}/captions-ru.vtt"
    seen = requests.get(media, timeout=30)
    assert (seen.content.decode(), seen.headers["Content-Type"]) == (
        VTT,
        "text/vtt; charset=utf-8",
    )
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    for visibility, status in (("private", 404), ("public", 200)):
        one = f"/api/v1/videos/{video_id}"
        owner.send("PATCH", one, json={"visibility": visibility}).raise_for_status()
        assert requests.get(media, timeout=30).status_code == status
        assert owner.get(f"/media/{video_id}/captions-ru.vtt").status_code == 200


@pytest.mark.parametrize(("size", "status"), [(9 << 20, 401), (11 << 20, 401)])
def test_a_stranger_is_refused_whatever_they_send(
    owner: Member, video_id: str, size: int, status: int
) -> None:
    address = f"{owner.hub.url}/api/v1/videos/{video_id}/poster"
    answer = requests.put(address, bytes(size), timeout=30)
    assert answer.status_code in (status, 403)


def test_bodies_may_be_as_large_as_their_address_says(owner: Member, video_id: str) -> None:
    def put(what: str, data: Any, kind: str) -> int:
        address = f"/api/v1/videos/{video_id}/{what}"
        return owner.send("PUT", address, data=data, headers={"Content-Type": kind}).status_code

    def in_chunks(size: int) -> Iterator[bytes]:
        for _ in range(size >> 16):
            yield bytes(1 << 16)

    assert put("poster", bytes(9 << 20), "image/png") == 400
    assert put("poster", bytes(11 << 20), "image/png") == 413
    assert put("captions/de", in_chunks(1 << 20), "text/vtt") == 400
    assert put("captions/de", in_chunks(3 << 20), "text/vtt") == 413
    assert put("", bytes(2 << 20), "text/vtt") in (404, 405, 413)
    # What was taken for them is given back: more than all of them may take together.
    for _ in range(8):
        assert put("poster", bytes(9 << 20), "image/png") == 400


def test_subtitles_and_poster_on_the_page(
    page: tuple[Page, bool], owner: Member, video_id: str
) -> None:
    tab, scripts = page
    address = f"/studio/{video_id}"
    tab.goto(address)
    adding = tab.locator("#subtitles form").last

    def add(language: str, data: bytes) -> None:
        adding.get_by_label("Другой язык").fill(language)
        file: Any = {"name": "a.srt", "mimeType": "application/x-subrip", "buffer": data}
        adding.get_by_label("Файл").set_input_files(file)
        adding.get_by_role("button", name="Добавить субтитры").click()

    tag = "eo" if scripts else "pt-BR"
    add(tag, b"1\n00:00:01,000 --> later\nA\n")
    expect(tab.locator("#captions-error")).to_have_text(
        "Строка 2: Это не время вида 00:00:01.000 --> 00:00:02.500."
    )
    add(tag, SUBRIP if tag == "ru" else VTT.encode())
    expect(tab.get_by_role("status")).to_have_text("Субтитры сохранены.")
    row = tab.locator("#subtitles .entry", has_text=tag)
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Удалить").click()
    expect(row).to_have_count(0)

    if scripts:
        tab.locator("#poster video").evaluate("video => { video.currentTime = 0.5 }")
        expect(tab.get_by_label("Время кадра")).to_have_value("0:00.500")
    else:
        tab.get_by_label("Время кадра").fill("0:00,5")
    tab.get_by_role("button", name="Взять этот кадр").click()
    expect(tab.get_by_role("status")).to_have_text("Обложка сохранена.")
    frame = poster_of(owner, video_id)
    file: Any = {"name": "a.png", "mimeType": "image/png", "buffer": picture((50, 40))}
    tab.get_by_label("Картинка").set_input_files(file)
    tab.get_by_role("button", name="Взять эту картинку").click()
    expect(tab.get_by_role("status")).to_have_text("Обложка сохранена.")
    assert frame != poster_of(owner, video_id) == (50, 40)
    file = {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    tab.get_by_label("Картинка").set_input_files(file)
    tab.get_by_role("button", name="Взять эту картинку").click()
    expect(tab.locator("#picture-error")).to_contain_text("не картинка")
    assert poster_of(owner, video_id) == (50, 40)
