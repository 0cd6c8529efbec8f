"""A video in one request: what comes in whole is kept, what does not leaves nothing."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.end_to_end.hub import Hub, Member, stored_files
from tests.samples import cut
from tests.waiting import eventually

BOUNDARY = "----boundary"


def problem(answer: requests.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["code"]) == (status, code)
    assert document["request_id"] == answer.headers["X-Request-Id"]
    assert "Server" not in answer.headers
    return document


def pointers(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in document["errors"]]


def sent_files(hub: Hub) -> list[str]:
    """Return what clients have sent; what is made of earlier videos meanwhile is no matter."""
    return [name for name in stored_files(hub) if name.startswith("originals/")]


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
    if filename is not None:
        head += f'; filename="{filename}"'
    return head.encode() + b"\r\n\r\n" + value + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def send_body(member: Member, body: bytes, **headers: str) -> requests.Response:
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    return member.post(
        "/api/v1/videos", data=body, headers={"Content-Type": content_type, **headers}
    )


def connect(member: Member, length: int, extra: str = "") -> socket.socket:
    """Open a connection and send the head of an upload of `length` bytes."""
    cookie = "; ".join(f"{c.name}={c.value}" for c in member.http.cookies)
    connection = socket.create_connection(("127.0.0.1", member.hub.port), timeout=20)
    connection.sendall(
        f"POST /api/v1/videos HTTP/1.1\r\nHost: 127.0.0.1:{member.hub.port}\r\n"
        f"Cookie: {cookie}\r\nX-CSRF-Token: {member.csrf}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {length}\r\n{extra}\r\n".encode()
    )
    return connection


def test_an_uploaded_clip_plays(anna: Member, boris: Member, clip: Path) -> None:
    answer = anna.upload(clip, tags="узлы, море", description="Ё\n1:02")
    assert answer.status_code == 201
    video = answer.json()
    assert answer.headers["Location"] == f"/api/v1/videos/{video['id']}"
    assert (video["tags"], video["description"]) == (["узлы", "море"], "Ё\n1:02")
    assert video["processing"]["state"] in ("uploaded", "probing")
    video = anna.processed(video["id"])
    assert video["processing"]["state"] == "ready"
    assert video["duration"] == pytest.approx(8, abs=0.2)
    assert (video["width"], video["height"]) == (320, 180)
    listed = boris.get("/api/v1/videos?limit=100").json()["items"]
    assert video["id"] in [item["id"] for item in listed]
    assert boris.get(video["video_file"]).content[4:8] == b"ftyp"
    assert boris.get(video["poster"]).content[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.mp4", "/abs.mp4", "a\\b.mp4", "узлы.mp4", "x" * 300, "%00.mp4", "a.xyz"],
)
def test_a_clients_file_name_is_nothing_but_a_name(anna: Member, name: str, clip: Path) -> None:
    before = stored_files(anna.hub)
    video = anna.processed(anna.upload(clip, name).json()["id"])
    assert video["processing"]["state"] == "ready"
    eventually(lambda: not any(path.startswith("work/") for path in stored_files(anna.hub)))
    new = set(stored_files(anna.hub)) - set(before)
    folders = sorted(path.partition("/")[0] for path in new)
    assert folders == ["media", "media", "media", "originals"]
    assert all(path.startswith(("originals/", f"media/{video['id']}/")) for path in new)
    anna.send("DELETE", f"/api/v1/videos/{video['id']}")
    eventually(lambda: set(stored_files(anna.hub)) <= set(before))


@pytest.mark.parametrize("raw", [b"a\0b.mp4", b"a\nb.mp4", b'a"; name="title', b"\xff.mp4"])
def test_a_file_name_of_odd_bytes_harms_nothing(anna: Member, raw: bytes, clip: Path) -> None:
    before = stored_files(anna.hub)
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="'
    file = head.encode() + raw + b'"\r\n\r\n' + clip.read_bytes() + b"\r\n"
    answer = send_body(anna, part("title", b"Odd") + file + END)
    assert answer.status_code in (201, 400)
    if answer.status_code == 201:
        anna.processed(answer.json()["id"])
        anna.send("DELETE", f"/api/v1/videos/{answer.json()['id']}")
    eventually(lambda: set(stored_files(anna.hub)) <= set(before))


@pytest.mark.parametrize(
    ("body", "code", "expected"),
    [
        (part("title", b"T") + END, "validation_failed", [("/file", "required")]),
        (part("title", b"T") + part("file", b"", "a.mp4") + END, "empty_file", None),
        (part("file", b"x", "a.mp4") + END, "validation_failed", [("/title", "required")]),
        (
            part("title", b"") + part("file", b"x", "a.mp4") + END,
            "validation_failed",
            [("/title", "required")],
        ),
        (
            part("title", b"t" * 10_000) + part("file", b"x", "a.mp4") + END,
            "validation_failed",
            [("/title", "too_long")],
        ),
        (
            part("title", b"a\0b") + part("file", b"x", "a.mp4") + END,
            "validation_failed",
            [("/title", "invalid_character")],
        ),
        (
            part("title", b"\xff") + part("file", b"x", "a.mp4") + END,
            "validation_failed",
            [("/title", "invalid_character")],
        ),
        (
            part("title", b"T") + part("visibility", b"all") + part("file", b"x", "a") + END,
            "validation_failed",
            [("/visibility", "invalid_choice")],
        ),
        (
            part("title", b"T")
            + part("comments_allowed", b"no")
            + part("file", b"x", "a")
            + END,
            "validation_failed",
            [("/comments_allowed", "invalid_choice")],
        ),
        (
            part("title", b"T") + part("views", b"9") + part("file", b"x", "a.mp4") + END,
            "unknown_field",
            [("/views", "unknown_field")],
        ),
        (
            part("title", b"T") + part("title", b"U") + END,
            "validation_failed",
            [("/title", "repeated")],
        ),
        (
            part("title", b"T") + part("file", b"x", "a") + part("tags", b"late") + END,
            "validation_failed",
            [("/tags", "after_file")],
        ),
        (b"nonsense", "malformed_body", None),
        (part("title", b"T") + part("file", b"cut off", "a.mp4"), "malformed_body", None),
        (b"", "malformed_body", None),
    ],
)
def test_wrong_bodies_are_named_and_leave_nothing(
    anna: Member, body: bytes, code: str, expected: list[tuple[str, str]] | None
) -> None:
    before = stored_files(anna.hub)
    document = problem(send_body(anna, body), 400, code)
    if expected is not None:
        assert pointers(document) == expected
    assert anna.get("/api/v1/me/videos").json()["items"] == []
    eventually(lambda: set(stored_files(anna.hub)) <= set(before))


def test_fields_without_end_are_refused(anna: Member) -> None:
    many = b"".join(part("tags", b"t") for _ in range(100))
    problem(send_body(anna, many + END), 413, "body_too_large")
    problem(send_body(anna, part("title", b"t" * 1_000_000) + END), 413, "body_too_large")


def test_an_upload_with_its_key_makes_one_video(anna: Member, clip: Path) -> None:
    body = part("title", b"Once") + part("file", clip.read_bytes(), "a.mp4") + END
    first = send_body(anna, body, **{"Idempotency-Key": "k1"})
    anna.processed(first.json()["id"])
    eventually(lambda: not any(path.startswith("work/") for path in stored_files(anna.hub)))
    before = stored_files(anna.hub)
    again = send_body(anna, body, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    # The same answer, not what has become of the video since.
    assert again.content == first.content
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    eventually(lambda: set(stored_files(anna.hub)) <= set(before))
    other = part("title", b"Other") + part("file", clip.read_bytes(), "a.mp4") + END
    answer = send_body(anna, other, **{"Idempotency-Key": "k1"})
    problem(answer, 422, "idempotency_key_reused")
    eventually(lambda: set(stored_files(anna.hub)) <= set(before))
    assert len(anna.get("/api/v1/me/videos").json()["items"]) == 1
    anna.send("DELETE", f"/api/v1/videos/{first.json()['id']}")
    assert send_body(anna, body, **{"Idempotency-Key": "k1"}).content == first.content


def test_another_media_type_is_refused(anna: Member) -> None:
    answer = send_body(anna, b"T", **{"Content-Type": "text/plain"})
    problem(answer, 415, "unsupported_media_type")
    answer = send_body(anna, b"x", **{"Content-Type": "multipart/form-data"})
    problem(answer, 400, "malformed_body")


def test_strangers_and_forgers_are_refused_before_the_file(
    shared_hub: Hub, anna: Member, clip: Path
) -> None:
    parts: Any = {"title": (None, "T"), "file": ("a.mp4", clip.read_bytes())}
    url = f"{shared_hub.url}/api/v1/videos"
    problem(requests.post(url, files=parts, timeout=20), 401, "unauthenticated")
    problem(
        requests.post(url, files=parts, headers={"Authorization": "Bearer x"}, timeout=20),
        401,
        "invalid_token",
    )
    problem(anna.http.post(url, files=parts, timeout=20), 403, "csrf_failed")
    answer = anna.post("/api/v1/videos", files=parts, headers={"X-CSRF-Token": "wrong"})
    problem(answer, 403, "csrf_failed")
    answer = anna.post("/api/v1/videos", files=parts, headers={"Origin": "http://evil.example"})
    problem(answer, 403, "csrf_failed")


def test_the_csrf_token_may_be_the_first_field(anna: Member, clip: Path) -> None:
    token = part("csrf_token", anna.csrf.encode())
    rest = part("title", b"T") + part("file", clip.read_bytes(), "a.mp4") + END
    url = f"{anna.hub.url}/api/v1/videos"
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = anna.http.post(url, data=token + rest, headers=headers, timeout=20)
    assert answer.status_code == 201
    late = part("title", b"T") + token + END
    problem(anna.http.post(url, data=late, headers=headers, timeout=20), 403, "csrf_failed")


def test_a_declared_length_above_the_limit_is_refused_before_the_body(anna: Member) -> None:
    with connect(anna, 400 << 20) as connection:
        answer = connection.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert '"code":"file_too_large"' in answer


def test_a_client_that_waits_for_a_word_gets_the_refusal_as_the_word(anna: Member) -> None:
    with connect(anna, 400 << 20, "Expect: 100-continue\r\n") as connection:
        answer = connection.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "100 Continue" not in answer


def test_a_client_that_waits_for_a_word_may_go_on(anna: Member, clip: Path) -> None:
    body = part("title", b"T") + part("file", clip.read_bytes(), "a.mp4") + END
    with connect(
        anna, len(body), "Expect: 100-continue\r\nConnection: close\r\n"
    ) as connection:
        assert connection.recv(100) == b"HTTP/1.1 100 (Continue)\r\n\r\n"
        connection.sendall(body)
        assert connection.makefile("rb").readline() == b"HTTP/1.1 201 Created\r\n"


@pytest.mark.parametrize("reset", [False, True])
def test_a_body_cut_in_the_middle_leaves_nothing(anna: Member, clip: Path, reset: bool) -> None:
    before = sent_files(anna.hub)
    body = part("title", b"T") + part("file", clip.read_bytes() * 20, "a.mp4")
    connection = connect(anna, len(body) * 2)
    connection.sendall(body)
    # Bytes are on the disk before the cut, so that there is something to leave.
    eventually(lambda: set(sent_files(anna.hub)) - set(before))
    if reset:
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    connection.close()
    eventually(lambda: set(sent_files(anna.hub)) <= set(before))
    assert anna.get("/api/v1/me/videos").json()["items"] == []


@pytest.mark.parametrize("rest", [1, 2, 3, 4, len(END)])
def test_a_body_may_come_in_any_pieces(anna: Member, rest: int) -> None:
    body = part("title", b"T") + part("file", b"x" * (3 << 20), "a.mp4") + END
    before = sent_files(anna.hub)
    with connect(anna, len(body)) as connection:
        connection.sendall(body[:-rest])
        # The first bytes are read by themselves.
        eventually(lambda: set(sent_files(anna.hub)) - set(before))
        connection.sendall(body[-rest:])
        answer = connection.recv(65536)
    assert answer.split()[1] == b"201", anna.hub.log.read_text()[-1500:]


@pytest.mark.parametrize(("share", "faststart"), [(0.5, True), (0.5, False), (0.01, True)])
def test_a_truncated_file_fails_in_words(
    anna: Member, clip: Path, tmp_path: Path, share: float, faststart: bool
) -> None:
    from tests.samples import make_clip

    whole = clip if faststart else make_clip(tmp_path / "w.mp4", seconds=4, faststart=False)
    video_id = anna.upload(cut(whole, tmp_path / "cut.mp4", share)).json()["id"]
    processing = anna.processed(video_id)["processing"]
    assert (processing["state"], processing["code"]) == ("failed", "damaged")
    assert "damaged or incomplete" in processing["reason"]


def test_text_named_mp4_fails_in_words_and_its_bytes_go(anna: Member, boris: Member) -> None:
    before = stored_files(anna.hub)
    video_id = anna.upload(b"These are words, not pictures.\n" * 100).json()["id"]
    video = anna.processed(video_id)
    assert video["processing"]["code"] == "not_a_video"
    assert "not a video" in video["processing"]["reason"]
    assert video["video_file"] is None
    assert boris.get(f"/api/v1/videos/{video_id}").status_code == 404
    assert anna.get(f"/media/{video_id}/video.mp4").status_code == 404
    eventually(lambda: set(stored_files(anna.hub)) <= set(before))


def test_a_form_without_javascript_is_answered_with_redirects(anna: Member, clip: Path) -> None:
    parts: list[Any] = [
        ("csrf_token", (None, anna.csrf)),
        ("title", (None, "Без скрипта")),
        ("description", (None, "")),
        ("tags", (None, "")),
        ("visibility", (None, "private")),
        ("comments_allowed", (None, "false")),
    ]
    url = f"{anna.hub.url}/upload"
    file = ("file", ("a.mp4", clip.read_bytes(), "video/mp4"))
    answer = anna.http.post(url, files=[*parts, file], allow_redirects=False, timeout=20)
    assert answer.status_code == 303
    address, _, video_id = answer.headers["Location"].partition("=")
    assert address == "/studio?uploaded"
    assert "Без скрипта" in anna.get(answer.headers["Location"]).text
    video = anna.get(f"/api/v1/videos/{video_id}").json()
    assert (video["visibility"], video["comments_allowed"]) == ("private", False)
    empty = ("file", ("", b"", "application/octet-stream"))
    answer = anna.http.post(url, files=[*parts, empty], allow_redirects=False, timeout=20)
    assert answer.headers["Location"] == "/upload?error=empty_file"
    assert anna.get("/upload?error=empty_file").status_code == 200


def test_a_large_file_takes_no_memory(shared_hub: Hub, anna: Member, large_clip: Path) -> None:
    server = psutil.Process(shared_hub.process.pid)
    before = server.memory_info().rss
    video_id = anna.upload(large_clip).json()["id"]
    assert server.memory_info().rss - before < 30 << 20
    assert anna.processed(video_id)["processing"]["state"] == "ready"
    with anna.get(f"/media/{video_id}/video.mp4", stream=True) as answer:
        for _ in answer.iter_content(1 << 20):
            assert server.memory_info().rss - before < 30 << 20


LARGE = json.dumps({"title": "x" * (2 << 20)}).encode()


def send_large(
    member: Member, method: str, path: str, length: str, **headers: str
) -> requests.Response:
    data: Any = LARGE if length == "declared" else iter([LARGE[: 1 << 20], LARGE[1 << 20 :]])
    given = {"X-CSRF-Token": member.csrf, "Content-Type": "application/json", **headers}
    return member.http.request(
        method, member.hub.url + path, data=data, headers=given, timeout=20
    )


@pytest.mark.parametrize("length", ["declared", "chunked"])
def test_a_large_body_is_refused_after_all_that_comes_before_it(
    anna: Member, boris: Member, length: str, clip: Path
) -> None:
    path = f"/api/v1/videos/{anna.upload(clip).json()['id']}"
    anna.processed(path.rpartition("/")[2])
    missing = "/api/v1/videos/nothing000000000"
    expected: list[tuple[Member, str, str, dict[str, str], int, str]] = [
        (anna, "PUT", path, {}, 405, "method_not_allowed"),
        (anna, "PATCH", "/api/v1/nowhere", {}, 404, "no_such_address"),
        (anna, "PATCH", path, {"Authorization": "Bearer x"}, 401, "invalid_token"),
        (anna, "PATCH", missing, {}, 404, "no_such_video"),
        (boris, "PATCH", path, {}, 403, "not_your_video"),
        (anna, "PATCH", path, {"X-CSRF-Token": "x"}, 403, "csrf_failed"),
        (anna, "PATCH", path, {"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        (anna, "PATCH", path, {}, 413, "body_too_large"),
        (anna, "DELETE", path, {}, 413, "body_too_large"),
        (anna, "POST", "/api/v1/session", {}, 413, "body_too_large"),
    ]
    for member, method, address, headers, status, code in expected:
        problem(send_large(member, method, address, length, **headers), status, code)
    assert anna.get(path).json()["title"] != "x"


def test_a_client_that_asks_first_does_not_send_a_large_body(anna: Member) -> None:
    with socket.create_connection(("127.0.0.1", anna.hub.port), timeout=20) as connection:
        connection.sendall(
            b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/json\r\nContent-Length: 2000000000\r\n\r\n"
        )
        answer = connection.makefile("rb").read()
    assert answer.split()[1] in (b"403", b"413")
    assert b"100" not in answer.splitlines()[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("clip.mp4", b"#EXTM3U\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"),
        ("clip.mp4", b"ffconcat version 1.0\nfile /etc/hostname\n"),
        ("clip.xyz", b"RIFF"),
    ],
)
def test_what_is_no_video_is_refused_and_served_to_nobody(
    anna: Member, tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    video = anna.processed(anna.upload(file, name).json()["id"])
    assert video["processing"]["state"] == "failed"
    assert video["processing"]["code"] == "not_a_video"
    assert video["video_file"] is video["poster"] is video["playback"]["hls"] is None
    for served in ("video.mp4", "poster.jpg", name, "master.m3u8", "storyboard.vtt"):
        assert anna.get(f"/media/{video['id']}/{served}").status_code == 404
    original = f"/media/{video['id']}/original.bin"
    eventually(lambda: anna.get(original).status_code == 404)
    anna.send("DELETE", f"/api/v1/videos/{video['id']}")
