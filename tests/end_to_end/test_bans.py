"""A ban holds at once, on every door and for what is on its way."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import requests

from tests.end_to_end.hub import Hub, Member, running_hub, stored_files
from tests.end_to_end.test_uploads import BOUNDARY, part
from tests.waiting import eventually

WITHIN = 4.0
"""Two seconds, and as much again for a busy machine."""

_numbers = count(1)
KEY = {"name": "script", "scopes": ["read"]}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """One of its own: what lies in its folder is what is sent here."""
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def anna(hub: Hub) -> Member:
    return Member(hub, f"anna{next(_numbers)}")


@pytest.fixture
def boris(hub: Hub) -> Member:
    return Member(hub, f"boris{next(_numbers)}")


def ban(hub: Hub, member: Member) -> None:
    command = hub.command("users", "ban", member.email, "--reason", "spam")
    said, _ = command.communicate(timeout=60)
    assert command.returncode == 0, said


def unban(hub: Hub, member: Member) -> None:
    command = hub.command("users", "unban", member.email)
    said, _ = command.communicate(timeout=60)
    assert command.returncode == 0, said


def connect(hub: Hub, head: list[str], receive: int = 4096) -> socket.socket:
    """Send the head of a request over a connection that holds little on its way."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", hub.port))
    lines = [*head, f"Host: 127.0.0.1:{hub.port}", "", ""]
    connection.sendall("\r\n".join(lines).encode())
    return connection


def cookie(member: Member) -> str:
    return f"Cookie: hub_session={member.http.cookies['hub_session']}"


def test_every_credential_is_refused_at_once(hub: Hub, anna: Member) -> None:
    pair = anna.send("POST", "/api/v1/tokens", json={}).json()
    personal = anna.send("POST", "/api/v1/me/access-tokens", json=KEY).json()["token"]
    bearers = [pair["access_token"], personal]

    def statuses() -> list[int]:
        url = f"{hub.url}/api/v1/me"
        headers = [{"Authorization": f"Bearer {token}"} for token in bearers]
        answers = [requests.get(url, headers=sent, timeout=10) for sent in headers]
        return [anna.get("/api/v1/me").status_code, *(a.status_code for a in answers)]

    assert statuses() == [200, 200, 200]
    ban(hub, anna)
    assert statuses() == [403, 403, 403]
    token = requests.get(f"{hub.url}/api/v1/csrf", timeout=10)
    refreshed = requests.post(
        f"{hub.url}/api/v1/tokens/refresh",
        json={"refresh_token": pair["refresh_token"]},
        headers={"X-CSRF-Token": token.json()["csrf_token"]},
        cookies=token.cookies,
        timeout=10,
    )
    assert (refreshed.status_code, refreshed.json()["code"]) == (403, "account_banned")
    unban(hub, anna)
    assert statuses() == [200, 200, 200]


def test_an_upload_in_progress_ends(hub: Hub, anna: Member, clip: Path) -> None:
    before = stored_files(hub)
    body = part("title", b"Going on") + part("file", b"", "a.mp4").removesuffix(b"\r\n")
    head = [
        "POST /api/v1/videos HTTP/1.1",
        cookie(anna),
        f"X-CSRF-Token: {anna.csrf}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {50 << 20}",
    ]
    with connect(hub, head) as connection:
        connection.sendall(body + bytes(3 << 20))
        eventually(lambda: stored_files(hub) != before)
        ban(hub, anna)
        banned = time.monotonic()
        connection.setblocking(False)
        answer = b""

        def refused() -> bool:
            nonlocal answer
            try:
                connection.send(bytes(1000))
                answer += connection.recv(4096)
            except BlockingIOError:
                pass
            return b'"account_banned"' in answer

        eventually(refused)
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert time.monotonic() - banned < WITHIN
    eventually(lambda: stored_files(hub) == before)


def test_bytes_on_their_way_end(
    hub: Hub, anna: Member, boris: Member, large_clip: Path
) -> None:
    """Of an unlisted video, that is; what everybody may see, the banned see as strangers."""
    video = anna.upload(large_clip, visibility="unlisted").json()
    anna.processed(video["id"], until=("playable", "processing", "ready"))
    size = large_clip.stat().st_size
    head = [f"GET /media/{video['id']}/video.mp4 HTTP/1.1", cookie(boris)]
    with connect(hub, head) as connection:
        received = len(connection.recv(4096))
        port = connection.getsockname()[1]
        assert port in served_ports(hub)
        ban(hub, boris)
        banned = time.monotonic()
        eventually(lambda: port not in served_ports(hub))
        assert time.monotonic() - banned < WITHIN
        while chunk := connection.recv(1 << 20):
            received += len(chunk)
    assert received < size
    anna.send("DELETE", f"/api/v1/videos/{video['id']}")


def served_ports(hub: Hub) -> set[int]:
    """Return the ports of the clients that the hub's processes have a connection with."""
    found = [one.net_connections("tcp") for one in hub.note_processes() if one.is_running()]
    return {c.raddr.port for connections in found for c in connections if c.raddr}
