"""Views: what the player tells of a playback, and what a hub that ends keeps of it."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, Route, expect

from tests.end_to_end.hub import Hub, Member
from tests.end_to_end.test_browser import browser  # noqa: F401 - a fixture
from tests.samples import make_clip
from tests.waiting import eventually

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video that one second makes a view of."""
    return make_clip(tmp_path_factory.mktemp("short") / "short.mp4", seconds=2)


@pytest.fixture(scope="module")
def owner(shared_hub: Hub) -> Member:
    return Member(shared_hub, "views-owner")


@pytest.fixture
def video_id(owner: Member, short: Path) -> str:
    video_id = str(owner.upload(short).json()["id"])
    owner.processed(video_id)
    return video_id


@pytest.fixture
def page(browser: Browser, shared_hub: Hub) -> Iterator[Page]:  # noqa: F811
    # By its own name, a Chromium without a window is a program.
    context = browser.new_context(base_url=shared_hub.url, locale="en-US", user_agent=CHROME)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def watch(hub: Hub, video_id: str, viewer: str) -> None:
    """Tell the hub of a playback, in a browser of a name of its own."""
    with requests.Session() as http:
        http.headers["User-Agent"] = f"{CHROME} {viewer}"
        token = http.get(f"{hub.url}/api/v1/csrf", timeout=30).json()["csrf_token"]
        told = http.post(
            f"{hub.url}/api/v1/videos/{video_id}/views",
            json={"seconds": 12},
            headers={"X-CSRF-Token": token},
            timeout=30,
        )
        assert told.status_code == 204, told.text


def views_of(member: Member, video_id: str) -> int:
    return int(member.get(f"/api/v1/videos/{video_id}").json()["counters"]["views"])


def play(page: Page) -> None:
    """Play the video to its end; return once the hub has answered."""
    page.locator("video").evaluate("video => { video.muted = true; }")
    with page.expect_response("**/views") as told:
        page.locator("[data-start-button]").click()
    assert told.value.status == 204
    eventually(lambda: page.locator("video").evaluate("video => video.ended"))


def test_who_plays_a_video_twice_is_counted_once(
    page: Page, shared_hub: Hub, owner: Member, video_id: str
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for _ in range(2):
        page.goto(f"/watch/{video_id}")
        play(page)
    # What is told later is counted later, or together.
    watch(shared_hub, video_id, "somebody else")
    eventually(lambda: views_of(owner, video_id) >= 2)
    assert views_of(owner, video_id) == 2
    page.goto(f"/watch/{video_id}?fresh")
    expect(page.locator(".about__date")).to_contain_text("2 views")
    assert said == []


def test_the_player_says_again_what_the_hub_could_not_take(
    page: Page, owner: Member, video_id: str
) -> None:
    statuses = [503, 429]

    def refuse(route: Route) -> None:
        if statuses:
            route.fulfill(status=statuses.pop(), headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/views", refuse)
    page.goto(f"/watch/{video_id}")
    page.locator("video").evaluate("video => { video.muted = video.loop = true; }")
    with page.expect_response(lambda answer: answer.status == 204):
        page.locator("[data-start-button]").click()
    assert statuses == []
    eventually(lambda: views_of(owner, video_id) == 1)


@pytest.fixture
def own_hub(tmp_path: Path) -> Iterator[Hub]:
    hub = Hub(tmp_path / "data", tmp_path / "log")
    yield hub.start()
    hub.stop()


def test_what_ends_a_hub_loses_no_view_that_was_there(own_hub: Hub, short: Path) -> None:
    hub, member = own_hub, Member(own_hub, "owner")
    video_id = str(member.upload(short).json()["id"])
    member.processed(video_id)
    watch(hub, video_id, "viewer 1")
    assert hub.stop() == 0
    assert stored(hub, video_id) == 1
    hub.start()
    watch(hub, video_id, "viewer 2")
    eventually(lambda: views_of(member, video_id) == 2)
    hub.process.send_signal(signal.SIGKILL)
    hub.process.wait(10)
    eventually(lambda: not hub.survivors())
    assert stored(hub, video_id) == 2
    check_recount(hub, video_id)


def check_recount(hub: Hub, video_id: str) -> None:
    assert recount(hub, "--check") == (0, "Counters and rows agree.\n")
    with database(hub) as connection:
        connection.execute("UPDATE videos SET views = 7 WHERE id = ?", [video_id])
        connection.commit()
    line = {"counter": "videos.views", "id": video_id, "kept": 7, "counted": 2}
    status, said = recount(hub, "--check", "--json")
    assert (status, json.loads(said)) == (1, line | {"repaired": False})
    assert stored(hub, video_id) == 7
    status, said = recount(hub)
    assert status == 0
    assert said.splitlines() == [f"videos.views of {video_id}: 7, counted 2", "1 put right."]
    assert stored(hub, video_id) == 2
    assert recount(hub, "--check", "--json") == (0, "")


def recount(hub: Hub, *options: str) -> tuple[int, str]:
    command = hub.command("recount", *options)
    said, _ = command.communicate(timeout=60)
    return command.returncode, said


def database(hub: Hub) -> Any:
    return closing(sqlite3.connect(hub.data_dir / "videohub.sqlite3"))


def stored(hub: Hub, video_id: str) -> int:
    with database(hub) as connection:
        (views,) = connection.execute("SELECT views FROM videos WHERE id = ?", [video_id])
    return int(views[0])
