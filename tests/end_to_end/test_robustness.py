"""What a hub bears without leaking, hanging or lying."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from tests.end_to_end.hub import PASSWORD, Hub, Member, running_hub, stored_files
from tests.end_to_end.test_uploads import END, connect, part, problem
from tests.waiting import eventually

_names = count(1)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_hub(tmp_path_factory.mktemp("robust"), quota="2M") as hub:
        yield hub


@pytest.fixture
def member(hub: Hub) -> Member:
    return Member(hub, f"member{next(_names)}")


def raw(hub: Hub, request: bytes) -> bytes:
    """Send bytes as they are and return what comes back until the connection ends."""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


def rss(hub: Hub) -> int:
    return int(psutil.Process(hub.process.pid).memory_info().rss)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/media/nothing000000000/video.mp4", b"405"),
        ("GET", "/media/nothing000000000/video.mp4", b"413"),
        ("POST", "/media/x", b"404"),
    ],
)
def test_a_body_where_none_belongs_is_not_gathered(
    hub: Hub, method: str, path: str, status: bytes
) -> None:
    before = rss(hub)
    with socket.create_connection(("127.0.0.1", hub.port), timeout=20) as connection:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000000\r\n\r\n"
        )
        connection.sendall(head.encode())
        answer = connection.recv(65536)
        for _ in range(50):
            connection.sendall(b"x" * (1 << 20))
    assert answer.split()[1] == status
    assert rss(hub) - before < 20 << 20


def test_uploads_that_are_cut_leave_nothing_in_memory(hub: Hub, member: Member) -> None:
    body = part("title", b"T") + part("file", b"x" * 900_000, "a.mp4")
    before = stored_files(hub)

    def cut() -> None:
        connection = connect(member, len(body) + 100_000)
        connection.sendall(body[:-1000])
        connection.close()
        eventually(lambda: stored_files(hub) == before)

    for _ in range(20):
        cut()
    warm = rss(hub)
    for _ in range(60):
        cut()
    # Each would keep almost a megabyte.
    assert rss(hub) - warm < 25 << 20


def test_the_quota_holds_for_uploads_at_the_same_time(member: Member) -> None:
    file = b"x" * 900_000
    body = part("title", b"T") + part("file", file, "a.mp4") + END
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(member, len(body))) for _ in range(4)]
        for connection in connections:
            connection.sendall(body[:-1])
        # All four are under way before any of them is whole.
        for connection in connections:
            connection.sendall(body[-1:])
        answers = [connection.recv(65536).split()[1] for connection in connections]
    assert sorted(answers) == [b"201", b"201", b"413", b"413"]


def test_an_upload_says_how_long_it_is(member: Member) -> None:
    body = part("title", b"T") + part("file", b"x", "a.mp4") + END
    answer = member.post(
        "/api/v1/videos",
        data=iter([body]),
        headers={"Content-Type": "multipart/form-data; boundary=----boundary"},
    )
    problem(answer, 411, "length_required")


def test_who_signs_out_during_an_upload_makes_no_video(hub: Hub, member: Member) -> None:
    body = part("title", b"T") + part("file", b"x" * 100_000, "a.mp4") + END
    before = stored_files(hub)
    connection = connect(member, len(body))
    connection.sendall(body[:-10])
    other = Member(hub, f"member{next(_names)}")
    other.http.cookies = member.http.cookies.copy()
    other.csrf = member.csrf
    assert other.send("DELETE", "/api/v1/session").status_code == 204
    connection.sendall(body[-10:])
    assert connection.recv(65536).split()[1] == b"401"
    connection.close()
    eventually(lambda: stored_files(hub) == before)


@pytest.mark.parametrize(
    "lengths", ["Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: abc\r\n"]
)
def test_odd_lengths_are_bad_requests(hub: Hub, member: Member, lengths: str) -> None:
    cookie = "; ".join(f"{c.name}={c.value}" for c in member.http.cookies)
    head = (
        f"POST /api/v1/videos HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
        f"X-CSRF-Token: {member.csrf}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    )
    answer = raw(hub, f"{head}{lengths}\r\nhello".encode())
    assert answer.split()[1] == b"400"


def test_a_body_in_chunks_reaches_the_application(hub: Hub, member: Member) -> None:
    body = f'{{"email": "{member.email}", "password": "{PASSWORD}"}}'.encode()
    headers = {"X-CSRF-Token": member.csrf, "Content-Type": "application/json"}
    answer = member.http.post(
        f"{hub.url}/api/v1/session",
        data=iter([body[:10], body[10:]]),
        headers=headers,
        timeout=20,
    )
    assert answer.status_code == 201


def test_every_request_is_answered(hub: Hub, member: Member) -> None:
    """The address to come back to is not ASCII, and a header must be."""
    for path in ("/auth/login?return_to=/%D0%BF", "/auth/login?return_to=/a%20b"):
        answer = member.get(path, allow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["Location"].isascii()


def test_forwarding_headers_of_strangers_are_not_believed(hub: Hub) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}
    answer = requests.get(
        f"{hub.url}/studio", headers=headers, allow_redirects=False, timeout=20
    )
    assert answer.headers["Location"].startswith(("/", "http://"))


def test_forwarding_headers_of_our_proxy_are(tmp_path: Path) -> None:
    with running_hub(tmp_path, trusted_proxies="127.0.0.1") as proxied:
        headers = {"X-Forwarded-Proto": "https"}
        answer = requests.get(
            f"{proxied.url}/studio", headers=headers, allow_redirects=False, timeout=20
        )
    assert answer.headers["Location"].startswith("https://")


def test_a_path_cannot_write_lines_of_the_log(hub: Hub) -> None:
    requests.get(f"{hub.url}/x%0aFORGED%1b[31m", timeout=20)
    eventually(lambda: "FORGED" in hub.log.read_text())
    lines = [line for line in hub.log.read_text().splitlines() if "FORGED" in line]
    assert all("GET /x" in line for line in lines)
    assert "\x1b" not in hub.log.read_text()


def test_connections_without_end_take_neither_the_log_nor_the_worker(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "data", tmp_path / "log", connections_most="100").start()
    stalled: list[Any] = []
    try:
        head = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx"
        for _ in range(200):
            connection = socket.create_connection(("127.0.0.1", hub.port), timeout=20)
            connection.sendall(head)
            stalled.append(connection)
        worker = hub.worker()
        worker.kill()
        eventually(lambda: hub.worker().pid != worker.pid)
        for connection in stalled:
            connection.close()
        eventually(hub._is_ready)
        assert "Too many open files" not in hub.log.read_text()
        assert hub.log.stat().st_size < 100_000
    finally:
        hub.stop()


@pytest.mark.parametrize("credential", ["", "Cookie: hub_session=nobody\r\n"])
def test_bodies_that_are_only_announced_take_no_room(
    hub: Hub, member: Member, credential: str
) -> None:
    path = "/api/v1/videos/nothing000000000/poster"
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: localhost:{hub.port}\r\nContent-Type: image/png\r\n"
        f"{credential}Content-Length: 10485760\r\n\r\n"
    )
    with contextlib.ExitStack() as opened:
        for _ in range(10):
            idle = socket.create_connection(("127.0.0.1", hub.port), timeout=20)
            opened.enter_context(idle)
            idle.sendall(head.encode())
            if not credential:
                assert idle.recv(12) == b"HTTP/1.1 401"
        headers = {"Content-Type": "image/png"}
        sent = member.send("PUT", path, data=bytes(9 << 20), headers=headers)
        assert (sent.status_code, sent.json()["code"]) == (404, "no_such_video")
