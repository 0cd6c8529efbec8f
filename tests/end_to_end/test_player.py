"""The watch page's player in a real Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.end_to_end.hub import Hub, Member
from tests.end_to_end.test_browser import browser  # noqa: F401 - a fixture
from tests.samples import make_clip
from tests.waiting import eventually

BLOCK = re.compile(r'(<script type="application/json" id="video">)(.*?)(</script>)')
CAPTIONS = {"ru": "Добрый день", "en": "Good day"}
CAPTIONS_NAMES = {"ru": "Русский", "en": "English"}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    return make_clip(folder / "film.mp4", seconds=24, size=(854, 480), fps=10)


@pytest.fixture(scope="module")
def owner(shared_hub: Hub) -> Member:
    return Member(shared_hub, "player-owner")


@pytest.fixture(scope="module")
def video_id(owner: Member, film: Path) -> str:
    """A video that everybody can watch, with all that is made of it."""
    video_id = str(owner.upload(film).json()["id"])
    for language, text in CAPTIONS.items():
        track = f"WEBVTT\n\n00:00.000 --> 00:24.000\n{text}\n"
        put = owner.http.put(
            f"{owner.hub.url}/api/v1/videos/{video_id}/captions/{language}",
            data=track.encode(),
            headers={"X-CSRF-Token": owner.csrf, "Content-Type": "text/vtt"},
            timeout=30,
        )
        assert put.status_code == 201, put.text
    owner.processed(video_id, until=("ready",))
    return video_id


@pytest.fixture
def open_page(
    browser: Browser,  # noqa: F811
    shared_hub: Hub,
) -> Iterator[Open]:
    """Open a watch page; nobody may complain of anything in it but of what was aborted."""
    said: list[str] = []
    contexts = []

    def open_page(
        video_id: str, *, locale: str = "en-US", before: Any = None, **options: Any
    ) -> Page:
        context = browser.new_context(base_url=shared_hub.url, locale=locale, **options)
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        if before:
            before(page)
        page.goto(f"/watch/{video_id}")
        expect(button(page, "Play", "Смотреть")).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [line for line in said if "net::ERR_FAILED" not in line] == []


def button(page: Page, *names: str) -> Locator:
    """Return the button of the player's bar that has one of the names."""
    bar = page.locator("[data-controls]")
    return bar.get_by_role("button", name=re.compile("|".join(names)))


def opens(page: Page, menu: str) -> Locator:
    return page.locator(f"[data-opens={menu}]")


def choice(page: Page, name: str) -> Locator:
    return page.get_by_role("menuitemradio", name=name, exact=True)


def of_video(page: Page, what: str) -> Any:
    return page.locator("video").evaluate(f"video => {what}")


def plays_beyond(page: Page, seconds: float) -> bool:
    return bool(of_video(page, f"!video.paused && video.currentTime > {seconds}"))


def focused(page: Page) -> str:
    label = "document.activeElement.ariaLabel ?? document.activeElement.textContent"
    return str(page.evaluate(label)).strip()


def test_everything_works_by_keyboard_alone(page_at: Page) -> None:
    page = page_at
    press, keyboard = page.keyboard.press, page.keyboard
    seek = page.get_by_role("slider", name="Position")
    seek.focus()
    press("ArrowRight")
    expect(seek).to_have_attribute("aria-valuetext", "5 seconds of 24 seconds")
    press("Home")
    press("Tab")
    assert focused(page) == "Play"
    press("Enter")
    eventually(lambda: plays_beyond(page, 0.2))
    press("Space")
    assert of_video(page, "video.paused") is True
    press("5")
    assert of_video(page, "video.currentTime") == pytest.approx(12)
    press("l")
    press("j")
    press("ArrowLeft")
    assert of_video(page, "video.currentTime") == pytest.approx(7)
    press(".")
    assert of_video(page, "video.currentTime") == pytest.approx(7.05, abs=0.06)
    press("m")
    expect(button(page, "Unmute")).to_be_visible()
    opens(page, "speed").focus()
    press("Enter")
    assert focused(page) == "1×"
    press("ArrowDown")
    press("Enter")
    expect(opens(page, "speed")).to_be_focused()
    expect(opens(page, "speed")).to_have_attribute("aria-label", "Speed: 1.25×")
    assert of_video(page, "video.playbackRate") == 1.25
    keyboard.press("Shift+Comma")
    assert of_video(page, "video.playbackRate") == 1
    press("Enter")
    press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(opens(page, "speed")).to_be_focused()
    press("t")
    expect(button(page, "Theatre mode")).to_have_attribute("aria-pressed", "true")
    press("f")
    expect(button(page, "Full screen")).to_have_attribute("aria-pressed", "true")
    press("f")
    press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    # Whoever writes, writes.
    keyboard.type("km")
    assert page.locator("#search").input_value() == "km"
    assert of_video(page, "video.paused && video.muted") is True


@pytest.fixture
def page_at(open_page: Open, video_id: str) -> Page:
    return open_page(video_id)


def test_keys_by_their_place_and_off(open_page: Open, video_id: str) -> None:
    page = open_page(video_id, locale="ru-RU")

    def press(key: str, code: str) -> None:
        detail = {"key": key, "code": code, "bubbles": True, "cancelable": True}
        page.evaluate(
            "event => document.body.dispatchEvent(new KeyboardEvent('keydown', event))", detail
        )

    press("ь", "KeyM")
    assert of_video(page, "video.muted") is True
    press(".", "Slash")
    assert page.evaluate("document.activeElement.id") == "search"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Горячие клавиши")
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("m")
    assert of_video(page, "video.muted") is True
    page.reload()
    page.keyboard.press("m")
    assert of_video(page, "video.muted") is True


def test_qualities_are_switched_where_the_video_is(page_at: Page) -> None:
    page = page_at
    eventually(lambda: ".m3u8" in of_video(page, "video.currentSrc"))
    page.keyboard.press("5")
    page.keyboard.press("k")
    eventually(lambda: plays_beyond(page, 12.2))
    for name, height in (("360p", 360), ("480p", 480), ("Original", 480)):
        before = of_video(page, "video.currentTime")
        opens(page, "quality").click()
        choice(page, name).click()
        eventually(lambda: of_video(page, "video.videoHeight") == height)  # noqa: B023
        eventually(lambda: plays_beyond(page, before))  # noqa: B023
        assert of_video(page, "video.currentTime") < before + 5
        expect(opens(page, "quality")).to_have_attribute("aria-label", f"Quality: {name}")
    assert ".mp4" in of_video(page, "video.currentSrc")
    assert of_video(page, "video.webkitAudioDecodedByteCount") > 0


def test_the_engine_is_loaded_only_where_the_browser_plays_no_hls(
    open_page: Open, video_id: str
) -> None:
    asked: list[str] = []
    page = open_page(video_id, before=lambda page: note_requests(page, asked))
    eventually(lambda: of_video(page, "video.readyState") > 0)
    assert not any("hls" in address for address in asked)
    page = open_page(video_id, before=without_own_hls)
    page.keyboard.press("k")
    eventually(lambda: plays_beyond(page, 0.2))
    assert of_video(page, "video.currentSrc").startswith("blob:")
    # Sound and pictures come apart; the engine plays both.
    assert of_video(page, "video.webkitAudioDecodedByteCount") > 0
    opens(page, "quality").click()
    choice(page, "360p").click()
    page.keyboard.press("7")
    eventually(lambda: of_video(page, "video.videoHeight") == 360)


def note_requests(page: Page, asked: list[str]) -> None:
    page.on("request", lambda request: asked.append(request.url))


def without_own_hls(page: Page) -> None:
    page.add_init_script("HTMLMediaElement.prototype.canPlayType = () => ''")


def test_the_mp4_plays_where_hls_does_not(open_page: Open, video_id: str) -> None:
    def abort(page: Page) -> None:
        page.route("**/master*", lambda route, _: route.abort())

    page = open_page(video_id, before=abort)
    page.keyboard.press("k")
    eventually(lambda: plays_beyond(page, 0.2))
    assert ".mp4" in of_video(page, "video.currentSrc")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_card_says_why_nothing_plays_and_tries_again(open_page: Open, video_id: str) -> None:
    def abort(page: Page) -> None:
        page.route("**/media/**", lambda route, _: route.abort())

    page = open_page(video_id, before=abort)
    card = page.get_by_role("alert")
    expect(card).to_contain_text("The connection broke")
    page.unroute_all()
    card.get_by_role("button", name="Try again").click()
    eventually(lambda: plays_beyond(page, 0.2))
    expect(card).to_be_hidden()


def test_captions_are_shown_hidden_and_remembered(page_at: Page) -> None:
    page = page_at
    page.keyboard.press("c")
    assert showing(page) == ["en"]
    cues = (
        "[...video.textTracks].flatMap(track => [...(track.cues ?? [])].map(cue => cue.text))"
    )
    eventually(lambda: CAPTIONS["en"] in of_video(page, cues))
    page.keyboard.press("c")
    assert showing(page) == []
    opens(page, "captions").click()
    choice(page, CAPTIONS_NAMES["ru"]).click()
    assert showing(page) == ["ru"]
    page.reload()
    expect(opens(page, "captions")).to_have_attribute("aria-label", "Captions: Русский")
    assert showing(page) == ["ru"]


def showing(page: Page) -> list[str]:
    tracks = "[...video.textTracks].filter(track => track.mode === 'showing')"
    return list(of_video(page, f"{tracks}.map(track => track.language)"))


def test_the_bar_shows_what_is_where(page_at: Page) -> None:
    page = page_at
    bar = page.locator("[data-seek]")
    box = bar.bounding_box()
    assert box is not None
    with page.expect_response("**/*.webp") as sheet:
        page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 8)
    assert sheet.value.ok
    tile = page.locator("[data-tile]")
    expect(tile).to_be_visible()
    assert sheet.value.url in tile.evaluate("tile => tile.style.backgroundImage")
    right = tile.evaluate("tile => tile.style.backgroundPosition")
    expect(page.locator("[data-preview-time]")).to_have_text("0:18")
    page.mouse.move(box["x"] + 2, box["y"] + 8)
    expect(page.locator("[data-preview-time]")).to_have_text("0:00")
    assert tile.evaluate("tile => tile.style.backgroundPosition") != right


def test_position_speed_and_volume_are_remembered(page_at: Page) -> None:
    page = page_at
    page.keyboard.press("5")
    page.keyboard.press("Shift+Period")
    page.get_by_role("slider", name="Volume").press("ArrowLeft")
    eventually(lambda: of_video(page, "video.seeking") is False)
    page.reload()
    eventually(lambda: of_video(page, "video.readyState > 0 && !video.seeking"))
    assert of_video(page, "video.currentTime") == pytest.approx(12, abs=0.5)
    assert of_video(page, "video.playbackRate") == 1.25
    assert of_video(page, "video.volume") == 0.95
    page.get_by_role("button", name="From the start").click()
    assert of_video(page, "video.currentTime") == 0


def test_it_plays_before_there_are_renditions_and_offers_them_after(
    open_page: Open, video_id: str
) -> None:
    made: list[bool] = []

    def hide(page: Page) -> None:
        page.route(f"**/watch/{video_id}", lambda route, _: fulfil_page(route))
        page.route(f"**/api/v1/videos/{video_id}", lambda route, _: fulfil_api(route))

    def fulfil_page(route: Route) -> None:
        html = route.fetch().text()
        block = BLOCK.search(html)
        assert block is not None
        video = json.loads(block[2])
        video |= {"state": "processing", "renditions": []}
        video["playback"]["hls"] = None
        body = html[: block.start(2)] + json.dumps(video) + html[block.end(2) :]
        route.fulfill(body=body, content_type="text/html")

    def fulfil_api(route: Route) -> None:
        video = route.fetch().json()
        if not made:
            video["processing"] |= {"state": "processing", "renditions": []}
            video["playback"]["hls"] = None
        route.fulfill(json=video)

    page = open_page(video_id, before=hide)
    page.keyboard.press("k")
    eventually(lambda: plays_beyond(page, 0.2))
    page.evaluate("window.isTheSame = true")
    expect(opens(page, "quality")).to_be_hidden()
    made.append(True)
    expect(opens(page, "quality")).to_have_js_property("hidden", False)
    # Nobody asked for another source: what plays goes on.
    assert of_video(page, "!video.paused && video.currentSrc").endswith(".mp4")
    at = of_video(page, "video.currentTime")
    page.locator("[data-player]").hover()
    opens(page, "quality").click()
    choice(page, "360p").click()
    eventually(lambda: of_video(page, "video.videoHeight") == 360)
    eventually(lambda: plays_beyond(page, at))
    assert page.evaluate("window.isTheSame") is True


def test_the_owner_watches_a_private_video(
    open_page: Open, owner: Member, video_id: str
) -> None:
    def sign_in(page: Page) -> None:
        cookies = [
            {"name": cookie.name, "value": cookie.value, "url": owner.hub.url}
            for cookie in owner.http.cookies
        ]
        page.context.add_cookies(cookies)

    owner.send("PATCH", f"/api/v1/videos/{video_id}", json={"visibility": "private"})
    try:
        page = open_page(video_id, before=sign_in)
        page.keyboard.press("k")
        eventually(lambda: plays_beyond(page, 0.2))
        assert ".m3u8" in of_video(page, "video.currentSrc")
    finally:
        owner.send("PATCH", f"/api/v1/videos/{video_id}", json={"visibility": "public"})


def test_without_scripts_the_browser_plays_the_mp4(
    browser: Browser,  # noqa: F811
    shared_hub: Hub,
    video_id: str,
) -> None:
    context = browser.new_context(base_url=shared_hub.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/watch/{video_id}")
    video = page.locator("video")
    assert video.get_attribute("controls") is not None
    assert str(video.get_attribute("src")).endswith(".mp4")
    expect(page.locator("[data-controls]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_player_fits_a_small_screen_and_keeps_its_shape(
    open_page: Open, video_id: str, scheme: str
) -> None:
    page = open_page(
        video_id,
        locale="ru-RU",
        viewport={"width": 320, "height": 640},
        color_scheme=scheme,
        before=observe_shifts,
    )
    page.keyboard.press("k")
    eventually(lambda: plays_beyond(page, 0.2))
    for menu in ("captions", "speed", "quality", "more"):
        opens(page, menu).click()
        box = page.get_by_role("menu").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("window.shifts") < 0.05


def observe_shifts(page: Page) -> None:
    page.add_init_script(
        """window.shifts = 0;
        new PerformanceObserver(list => {
          for (const { value } of list.getEntries()) window.shifts += value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )


def test_controls_leave_while_nobody_is_there(open_page: Open, video_id: str) -> None:
    page = open_page(video_id, before=lambda page: page.clock.install())
    page.locator("[data-surface]").click(position={"x": 20, "y": 20})
    eventually(lambda: plays_beyond(page, 0.2))
    player, idle = page.locator("[data-player]"), re.compile("player--idle")
    page.clock.fast_forward(4000)
    expect(player).to_have_class(idle)
    page.mouse.move(300, 300)
    expect(player).not_to_have_class(idle)
    page.clock.fast_forward(4000)
    expect(player).to_have_class(idle)
    page.keyboard.press("Shift+Comma")
    opens(page, "speed").focus()
    # Whoever uses keys in there keeps them.
    page.clock.fast_forward(4000)
    expect(player).not_to_have_class(idle)
    expect(opens(page, "speed")).to_be_focused()
