"""A client of resumable uploads that can do everything wrong."""

from __future__ import annotations

import base64
import hashlib
import socket
from typing import Any

import requests

from tests.end_to_end.hub import Hub, Member

UPLOADS = "/api/v1/uploads"
BYTES = "application/offset+octet-stream"


def send(member: Member, method: str, path: str, **options: Any) -> requests.Response:
    """Send a request of the protocol; a header of None is left out."""
    given = {
        "Tus-Resumable": "1.0.0",
        "X-CSRF-Token": member.csrf,
        **options.pop("headers", {}),
    }
    headers = {name: value for name, value in given.items() if value is not None}
    return member.http.request(
        method, member.hub.url + path, headers=headers, timeout=30, **options
    )


def begin(member: Member, length: int, **headers: str | None) -> str:
    """Begin an upload and return its path."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = send(member, "POST", UPLOADS, headers={"Upload-Length": str(length), **named})
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def patch(member: Member, path: str, offset: int, data: bytes, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"Upload-Offset": str(offset), "Content-Type": BYTES, **named}
    return send(member, "PATCH", path, headers=given, data=data)


def offset_of(member: Member, path: str) -> int:
    answer = send(member, "HEAD", path)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def checksum(data: bytes, name: str = "sha256") -> str:
    return f"{name} {base64.b64encode(hashlib.new(name, data).digest()).decode()}"


def open_patch(member: Member, path: str, offset: int, length: int) -> socket.socket:
    """Begin a PATCH by hand and leave it open."""
    connection = socket.create_connection(("127.0.0.1", member.hub.port), timeout=20)
    lines = [
        f"PATCH {path} HTTP/1.1",
        f"Host: 127.0.0.1:{member.hub.port}",
        f"Cookie: hub_session={member.http.cookies['hub_session']}",
        f"X-CSRF-Token: {member.csrf}",
        "Tus-Resumable: 1.0.0",
        f"Upload-Offset: {offset}",
        f"Content-Type: {BYTES}",
        f"Content-Length: {length}",
        *("", ""),
    ]
    connection.sendall("\r\n".join(lines).encode())
    return connection


def original(hub: Hub, path: str) -> bytes:
    upload_id = path.rpartition("/")[2]
    file = hub.data_dir / "originals" / upload_id[:2] / upload_id
    return file.read_bytes() if file.exists() else b""


def offset_of_file(member: Member, path: str) -> int:
    """Return how much is on disk, without asking the hub."""
    return len(original(member.hub, path))
