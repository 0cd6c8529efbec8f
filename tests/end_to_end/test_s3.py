"""A hub whose files are in a bucket, from the upload to the deletion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page, sync_playwright

from tests.end_to_end.hub import Hub, Member, running_hub, stored_files
from tests.end_to_end.test_browser import ARGUMENTS, CHROMIUM
from tests.s3_server import SECRET, S3Server
from tests.waiting import eventually


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, s3_server: S3Server) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("s3-hub")
    with running_hub(folder, s3_url=s3_server.url) as hub:
        yield hub


@pytest.fixture(scope="module")
def owner(hub: Hub) -> Member:
    return Member(hub, "owner")


@pytest.fixture(scope="module")
def video(owner: Member, s3_server: S3Server, hub: Hub, clip: Path) -> Any:
    """A processed video, all of which is in the bucket."""
    video = owner.processed(owner.upload(clip).json()["id"])
    assert video["processing"]["state"] == "ready"
    eventually(lambda: not stored_files(hub))
    return video


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        yield page
        browser.close()
        # What the policy forbids would stand here.
        assert said == []


def fetch(hub: Hub, video: Any, name: str, method: str = "GET", **headers: str) -> Any:
    url = f"{hub.url}/media/{video['id']}/{name}"
    return requests.request(method, url, headers=headers, allow_redirects=False, timeout=20)


def test_everything_of_a_video_is_in_the_bucket(
    video: Any, hub: Hub, s3_server: S3Server, clip: Path
) -> None:
    made = [key for key in s3_server.stored() if key.startswith(f"media/{video['id']}/")]
    assert {key.rpartition(".")[2] for key in made} >= {"jpg", "mp4"}
    (original,) = [key for key in s3_server.stored() if key.startswith("originals/")]
    size = s3_server.client.head_object(Bucket="videos", Key=f"hub/{original}")["ContentLength"]
    assert size == clip.stat().st_size
    assert stored_files(hub) == []


def test_a_public_picture_is_fetched_by_a_link(
    video: Any, hub: Hub, s3_server: S3Server
) -> None:
    sent = fetch(hub, video, "poster.jpg")
    assert (sent.status_code, sent.content) == (302, b"")
    assert sent.headers["Cache-Control"] == "private, no-store"
    assert sent.headers["Access-Control-Allow-Origin"] == "*"
    link = sent.headers["Location"]
    assert link.startswith(f"{s3_server.endpoint}/videos/hub/media/{video['id']}/")
    assert "X-Amz-Expires=5&" in link
    got = requests.get(link, headers={"Range": "bytes=0-2"}, timeout=20)
    assert (got.status_code, got.content) == (206, b"\xff\xd8\xff")
    assert got.headers["Content-Type"] == "image/jpeg"
    head = fetch(hub, video, "poster.jpg", "HEAD")
    assert head.status_code == 200
    assert f"/{head.headers['Content-Length']}" in got.headers["Content-Range"]


def test_a_video_is_sought_in_through_the_hub(video: Any, hub: Hub) -> None:
    whole = fetch(hub, video, "video.mp4")
    assert whole.status_code == 200
    assert whole.headers["Content-Length"] == str(len(whole.content))
    part = fetch(hub, video, "video.mp4", Range="bytes=1000-1999")
    assert (part.status_code, part.content) == (206, whole.content[1000:2000])
    several = fetch(hub, video, "video.mp4", Range="bytes=0-9,-5")
    assert whole.content[:10] in several.content
    assert several.content.count(b"Content-Range") == 2
    etag = whole.headers["ETag"]
    assert fetch(hub, video, "video.mp4", **{"If-None-Match": etag}).status_code == 304


def test_what_is_not_public_is_not_linked(video: Any, owner: Member, hub: Hub) -> None:
    path = f"/api/v1/videos/{video['id']}"
    for visibility, strangers in (("unlisted", 200), ("private", 404)):
        owner.send("PATCH", path, json={"visibility": visibility})
        for name in ("poster.jpg", "video.mp4"):
            got = fetch(hub, video, name)
            assert (got.status_code, "Location" in got.headers) == (strangers, False)
            own = owner.get(f"/media/{video['id']}/{name}", allow_redirects=False)
            assert own.status_code == 200
    owner.send("PATCH", path, json={"visibility": "public"})
    assert fetch(hub, video, "poster.jpg").status_code == 302


def test_the_owner_gets_the_original_back(
    video: Any, owner: Member, hub: Hub, clip: Path
) -> None:
    got = owner.get(f"/media/{video['id']}/original.bin")
    assert got.content == clip.read_bytes()
    assert got.headers["Content-Disposition"] == "attachment"
    assert fetch(hub, video, "original.bin").status_code == 403


def test_pages_may_read_the_bucket_and_nothing_says_the_secret(
    hub: Hub, s3_server: S3Server
) -> None:
    policy = requests.get(hub.url, timeout=20).headers["Content-Security-Policy"]
    for rule in ("img-src 'self' data:", "media-src 'self' blob:"):
        assert f"{rule} {s3_server.endpoint};" in policy
    connect = next(rule for rule in policy.split("; ") if rule.startswith("connect-src"))
    assert connect.endswith(f" {s3_server.endpoint}")
    assert SECRET not in hub.log.read_text()


FETCH = """
async path => {
    const answer = await fetch(path, {headers: {Range: "bytes=0-2"}});
    return [answer.status, answer.url, [...new Uint8Array(await answer.arrayBuffer())]];
}
"""

LOAD = """
async path => {
    const image = new Image();
    image.src = path;
    await image.decode();
    return image.width;
}
"""


def test_a_browser_plays_and_reads_by_links(
    video: Any, hub: Hub, s3_server: S3Server, page: Page
) -> None:
    rule = {"AllowedOrigins": [hub.url], "AllowedMethods": ["GET"], "AllowedHeaders": ["Range"]}
    s3_server.client.put_bucket_cors(Bucket="videos", CORSConfiguration={"CORSRules": [rule]})
    poster = f"/media/{video['id']}/poster.jpg"
    page.goto(f"{hub.url}/watch/{video['id']}")
    status, address, data = page.evaluate(FETCH, poster)
    assert (status, data) == (206, [255, 216, 255])
    assert address.startswith(s3_server.endpoint)
    picture = (
        "src => {const i = new Image(); i.src = src; return i.decode().then(() => i.width)}"
    )
    assert page.evaluate(picture, poster) > 0
    player = page.locator("video")
    player.evaluate("video => { video.muted = true; return video.play(); }")
    for part in (0.9, 0.2):
        player.evaluate(f"video => {{ video.currentTime = video.duration * {part}; }}")
        eventually(lambda: player.evaluate("video => !video.seeking && video.readyState > 1"))
    assert player.evaluate("video => video.error") is None


def test_files_and_rows_agree_until_one_is_gone(
    video: Any, hub: Hub, s3_server: S3Server
) -> None:
    def check() -> tuple[int, str]:
        command = hub.command("storage", "check", "--json")
        said, _ = command.communicate(timeout=60)
        return command.returncode, said

    assert check() == (0, "")
    (poster,) = [key for key in s3_server.stored() if key.endswith(".jpg")]
    at = {"Bucket": "videos", "Key": f"hub/{poster}"}
    picture = s3_server.client.get_object(**at)["Body"].read()
    s3_server.client.delete_object(**at)
    status, said = check()
    assert status == 1
    found = json.loads(said)
    assert (found["fault"], found["name"], found["video"]) == ("missing", poster, video["id"])
    assert fetch(hub, video, "poster.jpg", "HEAD").status_code == 404
    s3_server.client.put_object(**at, Body=picture)


def test_lasting_links_are_watched_by(
    video: Any, hub: Hub, s3_server: S3Server, owner: Member, clip: Path
) -> None:
    hub.stop()
    hub.configure(s3_link_seconds="7200")
    hub.start()
    owner.sign_in()
    sent = fetch(hub, video, "video.mp4")
    assert sent.status_code == 302
    got = requests.get(sent.headers["Location"], headers={"Range": "bytes=0-9"}, timeout=20)
    assert (got.status_code, got.headers["Content-Type"]) == (206, "video/mp4")
    original = owner.get(f"/media/{video['id']}/original.bin", allow_redirects=False)
    assert urlsplit(original.headers["Location"]).netloc == urlsplit(s3_server.endpoint).netloc
    kept = requests.get(original.headers["Location"], timeout=20)
    assert (kept.content, kept.headers["Content-Disposition"]) == (
        clip.read_bytes(),
        "attachment",
    )


def test_a_deleted_video_leaves_nothing(video: Any, owner: Member, s3_server: S3Server) -> None:
    assert owner.send("DELETE", f"/api/v1/videos/{video['id']}").status_code == 204
    eventually(lambda: s3_server.stored() == [])
