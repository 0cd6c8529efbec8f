"""Videos elsewhere: in a frame of another site's page, and by yt-dlp."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.hub import Hub, Member
from tests.end_to_end.test_browser import browser  # noqa: F401 - a fixture
from tests.waiting import eventually


@pytest.fixture(scope="module")
def owner(shared_hub: Hub) -> Member:
    return Member(shared_hub, "embedding-owner")


@pytest.fixture(scope="module")
def video_id(owner: Member, clip: Path) -> str:
    video_id = str(owner.upload(clip, title="Узлы / Knots").json()["id"])
    owner.processed(video_id)
    return video_id


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """Serve a page of another origin: what it shows can be set."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            body = f"<!doctype html><title>Blog</title>{self.server.shown}"
            self.wfile.write(body.encode())

        def log_message(self, *_arguments: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.shown = ""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    context = browser.new_context(locale="en-US", viewport={"width": 800, "height": 600})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def test_a_video_plays_in_a_frame_of_another_site(
    page: Page, elsewhere: Any, shared_hub: Hub, video_id: str
) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    public = f"http://localhost:{shared_hub.port}"
    answer = requests.get(
        f"{shared_hub.url}/oembed",
        params={"url": f"{public}/watch/{video_id}?t=1"},
        timeout=30,
    )
    elsewhere.shown = answer.json()["html"]
    page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
    frame = page.frame_locator("iframe")
    video = frame.locator("video")
    expect(frame.get_by_role("button", name="Play").first).to_be_visible()
    box = frame.locator(".player").evaluate("box => [box.clientWidth, box.clientHeight]")
    assert box == [answer.json()["width"], answer.json()["height"]]
    video.evaluate("video => { video.muted = true; }")
    frame.locator("[data-start-button]").click()
    eventually(lambda: video.evaluate("video => !video.paused && video.currentTime > 1.3"))
    expect(frame.locator("[data-theatre]")).to_be_hidden()
    # It has no cookie there, so that nothing it told would be believed.
    assert not any("/csrf" in address or "heartbeats" in address for address in asked)
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Узлы / Knots").click()
    expect(opened.value).to_have_url(f"{public}/watch/{video_id}?t=1")
    assert opened.value.get_by_role("heading", name="Узлы / Knots").is_visible()
    assert said == []


def test_no_other_page_is_shown_in_a_frame(
    page: Page, elsewhere: Any, shared_hub: Hub, video_id: str
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    elsewhere.shown = f'<iframe src="{shared_hub.url}/watch/{video_id}"></iframe>'
    page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
    eventually(lambda: any("frame-ancestors" in text for text in said))


def test_yt_dlp_downloads_a_video_from_its_page(
    shared_hub: Hub, video_id: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "yt_dlp", "--ignore-config", "--no-cache-dir"),
            *("--no-progress", "--no-warnings", "--print", "after_move:%(title)s"),
            *("--output", str(tmp_path / "video.%(ext)s")),
            f"{shared_hub.url}/watch/{video_id}",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Узлы / Knots"), done.stdout
    expected = requests.get(f"{shared_hub.url}/media/{video_id}/video.mp4", timeout=30)
    assert (tmp_path / "video.mp4").read_bytes() == expected.content
