"""The upload page in a real Chromium: whatever breaks on the way, nothing is lost."""

from __future__ import annotations

import hashlib
import os
import random
import struct
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from entrypoints.edge import browser_code
from tests.end_to_end.cutting_proxy import CuttingProxy, cutting
from tests.end_to_end.hub import Hub, Member, running_hub
from tests.end_to_end.test_browser import browser  # noqa: F401 - a fixture
from tests.end_to_end.tus_client import UPLOADS, begin, patch
from tests.waiting import eventually

MB = 1 << 20
_numbers = count(1)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    assert not browser_code.missing(), "Install it: make test does, where there is Node."
    folder = tmp_path_factory.mktemp("upload-page")
    with running_hub(folder, upload_size_most="30M", quota="40M") as hub:
        yield hub


@pytest.fixture
def film(tmp_path: Path, clip: Path) -> Path:
    """A short video that takes twelve megabytes."""
    return make_film(tmp_path / "film.mp4", clip, 12 * MB)


@pytest.fixture
def anna(hub: Hub) -> Member:
    return Member(hub, f"anna{next(_numbers)}")


@pytest.fixture
def context(browser: Browser, anna: Member) -> Iterator[BrowserContext]:  # noqa: F811
    context = browser.new_context(locale="en-US")
    context.set_default_timeout(20_000)
    sign_in(context, anna)
    yield context
    context.close()


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What scripts and the policy complained of, but for connections that were to break."""
    said: list[str] = []
    yield said
    assert [line for line in said if "net::" not in line and "status of 4" not in line] == []


@pytest.fixture
def open_page(context: BrowserContext, said: list[str]) -> Open:
    def open_page(url: str) -> Page:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{url}/upload")
        return page

    return open_page


@pytest.fixture
def held(hub: Hub) -> Iterator[CuttingProxy]:
    """A way to the hub on which a file comes to a halt after 3 of its megabytes."""
    with cutting(hub.port, [3 * MB], hold=True) as proxy:
        yield proxy


def make_film(path: Path, clip: Path, size: int, *, seed: int = 1) -> Path:
    """Write a clip that ends with a box of bytes that players skip."""
    video = clip.read_bytes()
    skipped = random.Random(seed).randbytes(size - len(video) - 8)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(video + struct.pack(">I4s", 8 + len(skipped), b"free") + skipped)
    return path


def sign_in(context: BrowserContext, member: Member) -> None:
    cookie = member.http.cookies["hub_session"]
    context.add_cookies([{"name": "hub_session", "value": cookie, "url": member.hub.url}])


def choose(page: Page, *files: Path) -> None:
    page.locator("input[data-choose]").set_input_files(files)


def row(page: Page, name: str = "film.mp4") -> Any:
    return page.locator(".upload-row", has_text=name)


def field(page: Page, label: str) -> Any:
    return page.locator(".upload-row").get_by_label(label)


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def listed(member: Member) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = member.get(UPLOADS).json()["items"]
    return items


def arrived(member: Member) -> int:
    """Return how much there is of the member's only upload."""
    return int(listed(member)[0]["offset"]) if listed(member) else 0


def halted(page: Page, member: Member, proxy: CuttingProxy) -> None:
    """Wait until the file is stuck on its way."""
    eventually(lambda: proxy.cuts == 1 and arrived(member) >= 2 * MB)
    expect(row(page)).to_have_attribute("data-phase", "travelling")


def only_video(member: Member) -> dict[str, Any]:
    def look() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = member.get("/api/v1/me/videos").json()["items"]
        return items

    (video,) = eventually(look)
    return video


def assert_same(member: Member, video: dict[str, Any], file: Path) -> None:
    original = member.get(f"/media/{video['id']}/original.bin").content
    assert hashlib.sha256(original).digest() == hashlib.sha256(file.read_bytes()).digest()


def patches(page: Page) -> Callable[[], list[int]]:
    """Return a function that returns the offsets of all PATCH requests from now on."""
    offsets: list[int] = []

    def note(request: Any) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    def seen() -> list[int]:
        # Whatever the browser tells is taken in on the occasion of a question.
        page.title()
        return offsets

    page.on("request", note)
    return seen


def is_held_back(page: Page) -> bool:
    """Tell whether the browser would ask before leaving the page."""
    asked: bool = page.evaluate(
        "!dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    )
    return asked


def test_a_file_gets_through_a_connection_that_breaks(
    hub: Hub, anna: Member, open_page: Open, film: Path
) -> None:
    with cutting(hub.port, [4 * MB, 1 * MB, 2 * MB]) as proxy:
        page = open_page(proxy.url)
        choose(page, film)
        field(page, "Title").fill("Through the storm")
        field(page, "Tags").fill("sea, Storm,")
        button(page, "Publish").click()
        video = only_video(anna)
        assert proxy.cuts == 3
    assert (video["title"], video["tags"]) == ("Through the storm", ["sea", "storm"])
    assert_same(anna, video, film)
    expect(row(page).get_by_role("link", name="Watch")).to_be_visible()


def test_it_waits_for_the_network_and_goes_on(
    anna: Member, context: BrowserContext, open_page: Open, held: CuttingProxy, film: Path
) -> None:
    page = open_page(held.url)
    choose(page, film)
    halted(page, anna, held)
    patched = patches(page)
    context.set_offline(True)
    held.let_go()
    expect(row(page)).to_contain_text("goes on by itself")
    assert is_held_back(page)
    context.set_offline(False)
    expect(row(page)).to_have_attribute("data-phase", "arrived")
    assert patched()[-1] >= 2 * MB
    assert not is_held_back(page)
    button(page, "Publish").click()
    assert_same(anna, only_video(anna), film)


def test_pause_and_go_on(anna: Member, open_page: Open, held: CuttingProxy, film: Path) -> None:
    page = open_page(held.url)
    choose(page, film)
    halted(page, anna, held)
    patched = patches(page)
    button(page, "Pause").click()
    expect(button(page, "Go on")).to_be_focused()
    held.let_go()
    assert not listed(anna)[0]["is_finished"]
    button(page, "Publish").click()
    button(page, "Go on").press("Enter")
    assert_same(anna, only_video(anna), film)
    (offset,) = patched()
    assert offset >= 2 * MB


def test_after_a_reload_the_same_file_goes_on_where_it_was(
    anna: Member, open_page: Open, held: CuttingProxy, film: Path, clip: Path, tmp_path: Path
) -> None:
    page = open_page(held.url)
    choose(page, film)
    halted(page, anna, held)
    button(page, "Publish").click()
    field(page, "Title").fill("Half way")
    page.reload()
    held.let_go()
    expect(row(page)).to_contain_text("Choose the same file to go on from here.")
    expect(field(page, "Title")).to_have_value("Half way")
    patched = patches(page)
    again = field(page, "Choose the file again")
    again.set_input_files(make_film(tmp_path / "other" / "film.mp4", clip, 12 * MB, seed=2))
    expect(row(page).get_by_role("alert")).to_contain_text("This is another file")
    assert patched() == []
    again.set_input_files(film)
    video = only_video(anna)
    assert video["title"] == "Half way"
    assert patched()[0] >= 2 * MB
    assert_same(anna, video, film)


def test_a_file_of_another_browser_is_known_by_what_the_hub_was_told(
    hub: Hub, anna: Member, open_page: Open, held: CuttingProxy, film: Path
) -> None:
    page = open_page(held.url)
    choose(page, film)
    halted(page, anna, held)
    page.evaluate("localStorage.clear()")
    page.goto(f"{hub.url}/upload")
    held.let_go()
    os.utime(film, (1, 1))
    field(page, "Choose the file again").set_input_files(film)
    expect(row(page).get_by_role("alert")).to_contain_text("or it has changed")


def test_cancel_takes_it_from_the_hub(
    anna: Member, open_page: Open, held: CuttingProxy, film: Path
) -> None:
    page = open_page(held.url)
    choose(page, film)
    halted(page, anna, held)
    button(page, "Cancel").click()
    button(page, "Keep it").click()
    assert listed(anna)
    button(page, "Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(row(page)).to_have_count(0)
    assert listed(anna) == []
    assert not is_held_back(page)


def test_two_files_go_one_after_the_other(
    anna: Member, open_page: Open, held: CuttingProxy, film: Path, clip: Path, tmp_path: Path
) -> None:
    second = make_film(tmp_path / "second.mp4", clip, 2 * MB, seed=2)
    page = open_page(held.url)
    choose(page, film, second)
    halted(page, anna, held)
    expect(row(page, "second.mp4")).to_contain_text("Waiting for its turn")
    button(page, "Publish all").click()
    held.let_go()
    eventually(lambda: len(anna.get("/api/v1/me/videos").json()["items"]) == 2)
    videos = anna.get("/api/v1/me/videos").json()["items"]
    by_title = {video["title"]: video for video in videos}
    assert_same(anna, by_title["film"], film)
    assert_same(anna, by_title["second"], second)


def test_what_does_not_fit_is_refused_before_a_byte(
    hub: Hub, anna: Member, open_page: Open, tmp_path: Path
) -> None:
    begin(anna, 20 * MB)
    page = open_page(hub.url)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    for name, size in {"empty": 0, "long": 31 * MB, "much": 25 * MB}.items():
        path = tmp_path / f"{name}.mp4"
        path.touch()
        os.truncate(path, size)
        choose(page, path)
    expect(row(page, "empty.mp4")).to_contain_text("The file is empty.")
    expect(row(page, "long.mp4")).to_contain_text("larger than this hub accepts")
    expect(row(page, "much.mp4")).to_contain_text("do not have enough room left")
    assert set(sent) <= {"GET"}
    # The page does not decide: asked again, the hub does.
    row(page, "much.mp4").get_by_role("button", name="Try again").click()
    expect(row(page, "much.mp4")).to_contain_text("do not have enough room left")
    assert (sent.count("POST"), sent.count("PATCH")) == (1, 0)


def test_a_whole_upload_becomes_a_video_without_its_file(
    hub: Hub, anna: Member, open_page: Open, clip: Path
) -> None:
    data = clip.read_bytes()
    patch(anna, begin(anna, len(data), Upload_Metadata="filename ZmlsbS5tcDQ="), 0, data)
    page = open_page(hub.url)
    expect(row(page)).to_have_attribute("data-phase", "arrived")
    field(page, "Title").fill(" ")
    button(page, "Publish").click()
    expect(field(page, "Title")).to_be_focused()
    field(page, "Title").fill("Found again")
    field(page, "Who can watch").select_option("private")
    button(page, "Save").click()
    expect(page.get_by_role("link", name="Watch")).to_be_visible()
    video = only_video(anna)
    assert (video["title"], video["visibility"]) == ("Found again", "private")
    assert_same(anna, video, clip)


def test_a_lost_answer_makes_one_video(
    hub: Hub, anna: Member, open_page: Open, film: Path
) -> None:
    keys: list[str] = []

    def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        answer = route.fetch()
        if len(keys) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page = open_page(hub.url)
    page.route("**/api/v1/videos", lose_the_first)
    choose(page, film)
    button(page, "Publish").click()
    expect(row(page)).to_have_attribute("data-phase", "done")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert_same(anna, only_video(anna), film)


def test_signed_out_on_the_way_it_goes_on_after_signing_in(
    anna: Member, context: BrowserContext, open_page: Open, held: CuttingProxy, film: Path
) -> None:
    page = open_page(held.url)
    choose(page, film)
    halted(page, anna, held)
    anna.send("DELETE", "/api/v1/session")
    held.let_go()
    expect(row(page).get_by_role("alert")).to_contain_text("You are signed out.")
    expect(row(page).get_by_role("link", name="Sign in")).to_be_visible()
    anna.sign_in()
    sign_in(context, anna)
    patched = patches(page)
    button(page, "Publish").click()
    page.evaluate("dispatchEvent(new Event('focus'))")
    assert_same(anna, only_video(anna), film)
    assert patched()[0] >= 2 * MB


def test_one_tab_at_a_time_has_an_upload(
    anna: Member, open_page: Open, held: CuttingProxy, film: Path
) -> None:
    first = open_page(held.url)
    choose(first, film)
    halted(first, anna, held)
    second = open_page(held.url)
    expect(row(second)).to_contain_text("Open in another tab of yours.")
    first.close()
    held.let_go()
    expect(field(second, "Choose the file again")).to_be_visible()


def test_without_the_library_a_file_goes_in_one_request(
    hub: Hub, anna: Member, context: BrowserContext, open_page: Open, clip: Path
) -> None:
    context.route("**/tus.min.js", lambda route: route.abort())
    page = open_page(hub.url)
    choose(page, clip)
    field(page, "Title").fill("In one piece")
    button(page, "Upload the video").click()
    page.get_by_role("link", name="Watch").click()
    expect(page.get_by_role("heading", name="In one piece")).to_be_visible()
    assert_same(anna, only_video(anna), clip)


def test_how_far_processing_is_and_how_long_it_takes(
    hub: Hub, anna: Member, open_page: Open, clip: Path
) -> None:
    found: list[dict[str, Any]] = [
        {"state": "processing", "progress": 0.634, "seconds_left": 125},
        {"state": "processing", "progress": 0.99, "seconds_left": None},
        {"state": "ready", "progress": None, "seconds_left": None},
    ]

    def tell(route: Route) -> None:
        answer = route.fetch()
        video = answer.json()
        video["processing"] |= found[0]
        route.fulfill(response=answer, json=video)

    page = open_page(hub.url)
    page.route("**/api/v1/videos/*", tell)
    choose(page, clip)
    button(page, "Publish").click()
    expect(row(page, "clip.mp4")).to_contain_text("Processing 63% · about 2 minutes left")
    expect(page.get_by_role("link", name="Watch")).to_be_visible()
    del found[0]
    expect(row(page, "clip.mp4").get_by_text("Processing 99%", exact=True)).to_be_visible()
    del found[0]
    expect(row(page, "clip.mp4")).to_have_attribute("data-phase", "done")
    expect(row(page, "clip.mp4").get_by_text("Processing")).to_be_hidden()
