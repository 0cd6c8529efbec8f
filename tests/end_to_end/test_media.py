"""The bytes: ranges, conditions, and who may have them."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.end_to_end.hub import Hub, Member, running_hub
from tests.samples import make_clip
from tests.waiting import eventually


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running_hub(tmp_path_factory.mktemp("media-hub")) as hub:
        yield hub


@pytest.fixture(scope="module")
def owner(hub: Hub) -> Member:
    return Member(hub, "owner")


@pytest.fixture(scope="module")
def stranger(hub: Hub) -> Member:
    return Member(hub, "stranger")


@pytest.fixture(scope="module")
def video(owner: Member, clip: Path) -> Any:
    return owner.processed(owner.upload(clip).json()["id"])


Fetch = Callable[..., requests.Response]


@pytest.fixture
def fetch(hub: Hub, video: Any) -> Fetch:
    def fetch(method: str = "GET", name: str = "video.mp4", **headers: str) -> Any:
        url = f"{hub.url}/media/{video['id']}/{name}"
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        return requests.request(method, url, headers=sent, timeout=20)

    return fetch


@pytest.fixture
def whole(fetch: Fetch) -> bytes:
    return fetch().content


def test_the_whole_file(fetch: Fetch, whole: bytes) -> None:
    answer = fetch()
    assert answer.status_code == 200
    headers = answer.headers
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Content-Length"] == str(len(whole))
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Server" not in headers


def test_head_is_get_without_the_bytes(fetch: Fetch) -> None:
    got, head = fetch(), fetch("HEAD")
    assert head.content == b""
    different = {"Date", "X-Request-Id"}
    assert {k: v for k, v in head.headers.items() if k not in different} == {
        k: v for k, v in got.headers.items() if k not in different
    }


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("0-99", 0, 100), ("1000-", 1000, None), ("-500", -500, None), ("0-99999999", 0, None)],
)
def test_one_range(
    fetch: Fetch, whole: bytes, asked: str, start: int, stop: int | None
) -> None:
    answer = fetch(Range=f"bytes={asked}")
    assert answer.status_code == 206
    assert answer.content == whole[start:stop]
    first = start if start >= 0 else len(whole) + start
    last = first + len(answer.content) - 1
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"


def test_ranges_put_together_are_the_file(fetch: Fetch, whole: bytes) -> None:
    step = len(whole) // 7
    parts = [
        fetch(Range=f"bytes={at}-{at + step - 1}").content for at in range(0, len(whole), step)
    ]
    assert hashlib.sha256(b"".join(parts)).digest() == hashlib.sha256(whole).digest()


def test_several_ranges_are_several_parts(fetch: Fetch, whole: bytes) -> None:
    answer = fetch(Range="bytes=0-9,100-109,-5")
    assert answer.status_code == 206
    kind, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    parts = answer.content.split(f"--{boundary}".encode())[1:-1]
    bodies = [part.split(b"\r\n\r\n", 1)[1][:-2] for part in parts]
    assert bodies == [whole[:10], whole[100:110], whole[-5:]]
    assert f"Content-Range: bytes 0-9/{len(whole)}".encode() in parts[0]


def test_a_range_outside_is_416_and_says_the_length(fetch: Fetch, whole: bytes) -> None:
    answer = fetch(Range=f"bytes={len(whole)}-")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"
    assert answer.json()["code"] == "range_not_satisfiable"


@pytest.mark.parametrize("asked", ["bytes=abc", "bytes=9-1", "lines=1-2", "bytes=", "\xff"])
def test_a_range_that_is_none_is_ignored(fetch: Fetch, whole: bytes, asked: str) -> None:
    answer = fetch(Range=asked)
    assert (answer.status_code, len(answer.content)) == (200, len(whole))


def test_conditions(fetch: Fetch, whole: bytes) -> None:
    etag = fetch("HEAD").headers["ETag"]
    assert etag.startswith('"')
    unchanged = fetch(If_None_Match=etag)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["ETag"] == etag
    assert fetch(If_None_Match='"other"').status_code == 200
    assert fetch(If_Range=etag, Range="bytes=0-9").status_code == 206
    assert len(fetch(If_Range='"other"', Range="bytes=0-9").content) == len(whole)


@pytest.mark.parametrize(
    "name", ["original", "video.mp3", "../secret", "..%2fsecret", "video.mp4/x", "%00", ""]
)
def test_nothing_else_is_served(fetch: Fetch, name: str) -> None:
    assert fetch(name=name).status_code == 404


def test_other_methods_are_405(fetch: Fetch) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = fetch(method)
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD"
        assert answer.json()["code"] == "method_not_allowed"


def test_every_byte_follows_the_videos_visibility(
    hub: Hub, owner: Member, stranger: Member, clip: Path
) -> None:
    video = owner.processed(owner.upload(clip, visibility="private").json()["id"])
    address = f"/api/v1/videos/{video['id']}"
    files = [video["video_file"], video["poster"]]
    missing = stranger.get("/media/nothing000000000/video.mp4").json()

    def status_of(member: Member) -> set[int]:
        return {member.get(path, headers={"Range": "bytes=0-9"}).status_code for path in files}

    assert status_of(owner) == {206}
    assert status_of(stranger) == {404}
    for path in files:
        answer = requests.get(hub.url + path, timeout=20)
        assert {**answer.json(), "request_id": ""} == {**missing, "request_id": ""}
    assert owner.get(files[0]).headers["Cache-Control"] == "private, no-store"
    owner.send("PATCH", address, json={"visibility": "unlisted"})
    assert status_of(stranger) == {206}
    assert owner.get(files[0]).headers["Cache-Control"] == "private, no-store"
    owner.send("PATCH", address, json={"visibility": "public"})
    assert owner.get(files[0]).headers["Cache-Control"] == "public, max-age=5"
    owner.send("PATCH", address, json={"visibility": "private"})
    assert status_of(stranger) == {404}
    assert stranger.get(files[0], headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_deleted_video_leaves_no_byte(hub: Hub, owner: Member, clip: Path) -> None:
    from tests.end_to_end.hub import stored_files

    before = stored_files(hub)
    video = owner.processed(owner.upload(clip).json()["id"])
    assert owner.send("DELETE", f"/api/v1/videos/{video['id']}").status_code == 204
    assert owner.get(video["video_file"]).status_code == 404
    eventually(lambda: stored_files(hub) == before)


@pytest.fixture(scope="module")
def large(owner: Member, large_clip: Path) -> Any:
    return owner.processed(owner.upload(large_clip).json()["id"])


def ask_slowly(hub: Hub, path: str) -> socket.socket:
    """Ask for a file over a connection that takes next to nothing of it."""
    connection = socket.create_connection(("127.0.0.1", hub.port), timeout=20)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{hub.port}\r\n\r\n"
    connection.sendall(head.encode())
    connection.recv(1)
    return connection


def test_a_large_file_comes_whole_and_takes_no_memory(hub: Hub, large: Any) -> None:
    server = psutil.Process(hub.process.pid)
    before = server.memory_info().rss
    url = hub.url + large["video_file"]
    (file,) = (hub.data_dir / "media" / large["id"]).glob("*-video.mp4")
    for _ in range(2):
        with requests.get(url, stream=True, timeout=20) as answer:
            digest = hashlib.sha256()
            for chunk in answer.iter_content(1 << 20):
                digest.update(chunk)
        assert digest.hexdigest() == hashlib.sha256(file.read_bytes()).hexdigest()
    assert server.memory_info().rss - before < 20 << 20


def test_readers_that_vanish_leave_nothing_open(hub: Hub, large: Any) -> None:
    def opened() -> int:
        """Count what is open of the files that are sent, and of the connections."""
        files = [file for file in server.open_files() if file.path.endswith(".mp4")]
        return len(files) + len(server.net_connections("tcp"))

    server = psutil.Process(hub.process.pid)
    eventually(lambda: opened() == opened())
    before = opened()
    readers = [ask_slowly(hub, large["video_file"]) for _ in range(10)]
    # A file and two descriptors of the connection for each.
    eventually(lambda: opened() >= before + 2 * len(readers))
    for number, reader in enumerate(readers):
        if number % 2:
            # A reset instead of a proper end.
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        reader.close()
    eventually(lambda: opened() <= before)
    assert "unexpected error" not in hub.log.read_text()


def test_a_file_that_gets_shorter_ends_the_connection(hub: Hub, owner: Member) -> None:
    video = owner.processed(owner.upload(make_clip(hub.data_dir / "c.mp4")).json()["id"])
    (file,) = (hub.data_dir / "media" / video["id"]).glob("*.mp4")
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.truncate(1 << 40)
    connection = ask_slowly(hub, video["video_file"])
    with file.open("r+b") as opened:
        opened.truncate(size)
    connection.settimeout(20)
    while connection.recv(1 << 20):
        pass
    connection.close()


def test_readers_that_stall_keep_nobody_waiting(hub: Hub, large: Any, stranger: Member) -> None:
    video = large
    stalled = [ask_slowly(hub, large["video_file"]) for _ in range(40)]
    assert stranger.get("/api/v1/videos").status_code == 200
    assert stranger.get(video["video_file"]).status_code == 200
    for connection in stalled:
        connection.close()
