"""Resumable uploads: what arrived is kept, whatever happens, and nothing else is."""

from __future__ import annotations

import base64
import contextlib
import itertools
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tusclient.client import TusClient

from tests.end_to_end.cutting_proxy import cutting
from tests.end_to_end.hub import Hub, Member, running_hub, stored_files
from tests.end_to_end.tus_client import (
    BYTES,
    UPLOADS,
    begin,
    checksum,
    offset_of,
    offset_of_file,
    open_patch,
    original,
    patch,
    send,
)
from tests.waiting import eventually

NAME = "filename " + base64.b64encode("узлы.mp4".encode()).decode()
MB = 1 << 20
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_hub(
        tmp_path_factory.mktemp("tus"), upload_size_most="64M", quota="100M"
    ) as hub:
        yield hub


@pytest.fixture
def anna(hub: Hub) -> Member:
    return Member(hub, f"anna{next(_numbers)}")


def create(member: Member, path: str, **fields: Any) -> requests.Response:
    body = {"upload_id": path.rpartition("/")[2], "title": "Узлы", **fields}
    return member.send("POST", "/api/v1/videos", json=body)


def test_a_file_in_parts_becomes_a_video(anna: Member, clip: Path) -> None:
    data = clip.read_bytes()
    half = len(data) // 2
    path = begin(anna, len(data), Upload_Metadata=NAME)
    head = send(anna, "HEAD", path)
    assert head.headers["Upload-Length"] == str(len(data))
    assert head.headers["Upload-Metadata"] == NAME
    assert head.headers["Cache-Control"] == "no-store"
    assert head.headers["Tus-Resumable"] == "1.0.0"
    assert head.headers["Upload-Expires"].endswith(" GMT")
    assert create(anna, path).json()["code"] == "upload_not_finished"
    first = patch(anna, path, 0, data[:half])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    (listed,) = anna.get(UPLOADS).json()["items"]
    assert (listed["name"], listed["offset"], listed["is_finished"]) == (
        "узлы.mp4",
        half,
        False,
    )
    patch(anna, path, half, data[half:])
    (listed,) = anna.get(UPLOADS).json()["items"]
    assert listed["is_finished"]
    made = create(anna, path, tags=["море"], visibility="unlisted")
    assert made.status_code == 201, made.text
    video = anna.processed(made.json()["id"])
    assert (video["processing"]["state"], video["tags"]) == ("ready", ["море"])
    assert anna.get(f"/media/{video['id']}/original.bin").content == data
    assert anna.get(UPLOADS).json()["items"] == []
    assert send(anna, "HEAD", path).status_code == 404
    assert create(anna, path).status_code == 404


def test_a_video_is_made_once_for_a_key(anna: Member, clip: Path) -> None:
    data = clip.read_bytes()
    path = begin(anna, len(data))
    patch(anna, path, 0, data)
    body = {"upload_id": path.rpartition("/")[2], "title": "T"}
    headers = {"X-CSRF-Token": anna.csrf, "Idempotency-Key": "once"}
    url = f"{anna.hub.url}/api/v1/videos"
    answers = [anna.http.post(url, json=body, headers=headers, timeout=30) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_the_first_bytes_may_come_along(anna: Member) -> None:
    headers = {"Upload-Length": "6", "Content-Type": BYTES}
    answer = send(anna, "POST", UPLOADS, headers=headers, data=b"abc")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "3")
    assert offset_of(anna, answer.headers["Location"]) == 3


def test_what_the_hub_can_do_is_told_to_anybody(hub: Hub) -> None:
    answer = requests.options(hub.url + UPLOADS, timeout=10)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        *("creation", "creation-with-upload", "expiration", "checksum", "termination"),
    }
    assert answer.headers["Tus-Max-Size"] == str(64 * MB)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Tus-Resumable": None}, 412, "tus_version_not_supported"),
        ({"Tus-Resumable": "0.2.2"}, 412, "tus_version_not_supported"),
        ({"Upload-Length": None}, 400, "validation_failed"),
        ({"Upload-Length": "-1"}, 400, "validation_failed"),
        ({"Upload-Length": "1e3"}, 400, "validation_failed"),
        ({"Upload-Length": "0"}, 400, "empty_file"),
        ({"Upload-Length": str(65 * MB)}, 413, "file_too_large"),
        ({"Upload-Defer-Length": "1"}, 400, "validation_failed"),
        ({"Upload-Metadata": "filename"}, 201, None),
        ({"Upload-Metadata": "filename %%%"}, 400, "validation_failed"),
        ({"Upload-Metadata": "a YQ==,a YQ=="}, 400, "validation_failed"),
        ({"Upload-Metadata": "a YQ==,"}, 400, "validation_failed"),
        ({"Upload-Metadata": "a " + "YQ" * 3000}, 400, "validation_failed"),
        ({"Upload-Checksum": "md5 YQ=="}, 400, "validation_failed"),
        ({"Upload-Checksum": "sha256 YQ=="}, 400, "validation_failed"),
        ({"X-CSRF-Token": "wrong"}, 403, "csrf_failed"),
    ],
)
def test_a_beginning_that_is_wrong_begins_nothing(
    anna: Member, headers: dict[str, str | None], status: int, code: str | None
) -> None:
    answer = send(anna, "POST", UPLOADS, headers={"Upload-Length": "10", **headers})
    assert answer.status_code == status, answer.text
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    if code is not None:
        assert answer.json()["code"] == code
        assert anna.get(UPLOADS).json()["items"] == []
    if status == 412:
        assert answer.headers["Tus-Version"] == "1.0.0"


def test_the_quota_counts_what_is_on_its_way(anna: Member) -> None:
    path = begin(anna, 60 * MB)
    refused = send(anna, "POST", UPLOADS, headers={"Upload-Length": str(60 * MB)})
    assert (refused.status_code, refused.json()["code"]) == (413, "quota_exceeded")
    assert send(anna, "DELETE", path).status_code == 204
    begin(anna, 60 * MB)


def test_wrong_parts_change_nothing(anna: Member) -> None:
    path = begin(anna, 10)
    patch(anna, path, 0, b"abc")
    for wrong in (
        patch(anna, path, 0, b"x"),
        patch(anna, path, 4, b"x"),
    ):
        assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_offset")
    media = patch(anna, path, 3, b"x", Content_Type="text/plain")
    assert media.status_code == 415
    unnamed = patch(anna, path, 3, b"x", Upload_Offset="three")
    assert unnamed.status_code == 400
    many = patch(anna, path, 3, b"x" * 8)
    assert (many.status_code, many.json()["code"]) == (413, "too_many_bytes")
    assert offset_of(anna, path) == 3


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_checksum_decides(anna: Member, name: str) -> None:
    data = bytes(range(256)) * 8192  # 2 MiB: more than one block
    path = begin(anna, len(data) + 3)
    patch(anna, path, 0, b"abc")
    wrong = patch(anna, path, 3, data, Upload_Checksum=checksum(b"other", name))
    assert (wrong.status_code, wrong.json()["code"]) == (460, "checksum_mismatch")
    assert offset_of(anna, path) == 3
    right = patch(anna, path, 3, data, Upload_Checksum=checksum(data, name))
    assert (right.status_code, right.headers["Upload-Offset"]) == (204, str(len(data) + 3))


def test_a_token_needs_the_scope_to_upload(anna: Member) -> None:
    path = begin(anna, 3)
    key = {"name": "reader", "scopes": ["read"]}
    token = anna.send("POST", "/api/v1/me/access-tokens", json=key).json()["token"]
    for method, address in (
        *(("POST", UPLOADS), ("GET", UPLOADS), ("PATCH", path), ("DELETE", path)),
        ("POST", "/api/v1/videos"),
    ):
        answer = requests.request(
            method,
            anna.hub.url + address,
            headers={"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"},
            timeout=30,
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


def test_uploads_are_their_owners(hub: Hub, anna: Member) -> None:
    path = begin(anna, 10)
    eve = Member(hub, f"eve{next(_numbers)}")
    assert patch(eve, path, 0, b"x").status_code == 404
    assert send(eve, "HEAD", path).status_code == 404
    assert send(eve, "DELETE", path).status_code == 404
    assert create(eve, path).status_code == 404
    assert eve.get(UPLOADS).json()["items"] == []
    assert requests.get(hub.url + UPLOADS, timeout=10).status_code == 401
    assert offset_of(anna, path) == 0


def test_a_deleted_upload_is_gone_with_its_bytes(anna: Member) -> None:
    before = stored_files(anna.hub)
    path = begin(anna, 10)
    patch(anna, path, 0, b"abc")
    assert stored_files(anna.hub) != before
    assert send(anna, "DELETE", path).status_code == 204
    assert send(anna, "HEAD", path).status_code == 404
    assert stored_files(anna.hub) == before


def test_post_stands_in_for_methods_that_a_network_does_not_know(anna: Member) -> None:
    path = begin(anna, 6)
    override = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0", "Content-Type": BYTES}
    answer = send(anna, "POST", path, headers=override, data=b"abc")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "3")
    assert send(anna, "POST", path).status_code == 405
    gone = send(anna, "POST", path, headers={"X-HTTP-Method-Override": "DELETE"})
    assert gone.status_code == 204


@pytest.mark.parametrize("how", ["close", "reset"])
def test_what_arrived_before_a_cut_is_kept(anna: Member, how: str) -> None:
    data = bytes(i % 251 for i in range(3 * MB + 12345))
    path = begin(anna, len(data) + 1)
    connection = open_patch(anna, path, 0, len(data) + 1)
    connection.sendall(data)
    if how == "reset":
        # What has not left this machine by now is lost with it.
        eventually(lambda: offset_of_file(anna, path) >= 2 * MB)
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
        )
    connection.close()
    if how == "close":
        # Asking the hub would end the request before all of it is read.
        eventually(lambda: offset_of_file(anna, path) == len(data))
    arrived = offset_of(anna, path)
    assert arrived >= (2 * MB if how == "reset" else len(data))
    rest = data[arrived:] + b"!"
    assert patch(anna, path, arrived, rest).status_code == 204
    made = original(anna.hub, path)
    assert made == data + b"!"


def test_a_newer_request_takes_over_a_stalled_one(anna: Member) -> None:
    path = begin(anna, 10)
    with open_patch(anna, path, 0, 10) as stalled:
        stalled.sendall(b"abc")
        # It may not have been read yet; what is told is what is on disk.
        eventually(lambda: offset_of(anna, path) in (0, 3))
        offset = offset_of(anna, path)
        rest = b"abcdefghij"[offset:]
        assert patch(anna, path, offset, rest).status_code == 204
        assert stalled.recv(100) == b"", "the older request is hung up on"
    assert original(anna.hub, path) == b"abcdefghij"


def test_many_at_once_corrupt_nothing(anna: Member) -> None:
    data = bytes(i % 249 for i in range(4 * MB))
    path = begin(anna, len(data))
    with contextlib.ExitStack() as opened:
        for number in range(4):
            connection = opened.enter_context(open_patch(anna, path, 0, len(data)))
            # Another one may have taken over.
            with contextlib.suppress(OSError):
                connection.sendall(data[: (number + 1) * 300_000])
        offset = offset_of(anna, path)
        assert original(anna.hub, path)[:offset] == data[:offset]
        while offset < len(data):
            # One of them that came late may have gone on meanwhile: its bytes are the same.
            answer = patch(anna, path, offset, data[offset : offset + MB])
            assert answer.status_code in (204, 409)
            offset = offset_of(anna, path)
    assert original(anna.hub, path) == data


def test_a_killed_hub_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    data = bytes(i % 247 for i in range(3 * MB))
    with running_hub(tmp_path) as hub:
        anna = Member(hub, "anna")
        path = begin(anna, len(data))
        assert patch(anna, path, 0, data[:MB]).status_code == 204
        connection = open_patch(anna, path, MB, 2 * MB)
        connection.sendall(data[MB : 2 * MB + 500_000])
        eventually(lambda: offset_of_file(anna, path) >= 2 * MB)
        hub.process.kill()
        connection.close()
        hub.process.wait(10)
        eventually(lambda: not hub.survivors())
        hub.start()
        offset = offset_of(anna, path)
        assert 2 * MB <= offset <= 2 * MB + 500_000
        assert patch(anna, path, offset, data[offset:]).status_code == 204
        assert original(hub, path) == data


def test_a_page_of_another_origin_may_upload_if_it_is_allowed(tmp_path: Path) -> None:
    friend = "https://friend.example.org"
    with running_hub(tmp_path, cors_origins=friend) as hub:
        asked = {
            "Origin": friend,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "tus-resumable,upload-offset",
        }
        answer = requests.options(f"{hub.url}{UPLOADS}/{'0' * 16}", headers=asked, timeout=10)
        assert answer.headers["Access-Control-Allow-Origin"] == friend
        assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
        allowed = answer.headers["Access-Control-Allow-Headers"].lower()
        assert {"tus-resumable", "upload-offset", "upload-checksum"} <= set(allowed.split(", "))
        exposed = answer.headers["Access-Control-Expose-Headers"].lower()
        assert {"location", "upload-offset", "upload-length"} <= set(exposed.split(", "))
        asked["Origin"] = "https://enemy.example.org"
        answer = requests.options(hub.url + UPLOADS, headers=asked, timeout=10)
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("with_checksum", [False, True])
def test_a_client_of_others_gets_through_a_connection_that_breaks(
    anna: Member, tmp_path: Path, with_checksum: bool
) -> None:
    data = bytes(i % 241 for i in range(6 * MB))
    file = tmp_path / "film.mp4"
    file.write_bytes(data)
    key = {"name": "tuspy", "scopes": ["upload"]}
    token = anna.send("POST", "/api/v1/me/access-tokens", json=key).json()["token"]
    with (
        file.open("rb") as stream,
        cutting(anna.hub.port, [700_000, 1_900_000, 50_000, 1_200_000]) as proxy,
    ):
        client = TusClient(proxy.url + UPLOADS, headers={"Authorization": f"Bearer {token}"})
        uploader = client.uploader(
            file_stream=stream,
            chunk_size=2 * MB,
            metadata={"filename": "фильм.mp4"},
            retries=20,
            retry_delay=0,
            upload_checksum=with_checksum,
        )
        uploader.upload()
    assert proxy.cuts == 4
    (listed,) = anna.get(UPLOADS).json()["items"]
    assert (listed["name"], listed["is_finished"]) == ("фильм.mp4", True)
    assert original(anna.hub, listed["id"]) == data
    made = requests.post(
        f"{anna.hub.url}/api/v1/videos",
        json={"upload_id": listed["id"], "title": "Фильм"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert made.status_code == 201, made.text
