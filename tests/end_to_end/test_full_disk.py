"""A disk that fills up during uploads, and has room again later."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.hub import ROOT, Hub, Member
from tests.end_to_end.tus_client import begin, offset_of, patch, send

DISK = 24 << 20
_APART = ("unshare", "--map-root-user", "--mount")


class HubOnASmallDisk(Hub):
    """A hub whose data folder is a file system of its own, which only it sees."""

    def popen(self, *options: str) -> subprocess.Popen[bytes]:
        mount = f'mount -t tmpfs -o size={DISK} tmpfs {self.data_dir} && exec "$@"'
        pserve = str(Path(sys.executable).with_name("pserve"))
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [
                    "unshare",
                    "-rm",
                    "sh",
                    "-c",
                    mount,
                    "sh",
                    pserve,
                    "development.ini",
                    *options,
                ],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    if subprocess.run([*_APART, "true"], capture_output=True, check=False).returncode:
        pytest.skip("This kernel gives nobody a file system of their own.")
    folder = tmp_path_factory.mktemp("small-hub")
    data_dir = folder / "data"
    data_dir.mkdir()
    database = f"sqlite:///{folder}/videohub.sqlite3"
    hub = HubOnASmallDisk(data_dir, folder / "log", database_url=database)
    try:
        yield hub.start()
    finally:
        hub.stop()


@pytest.fixture
def anna(hub: Hub) -> Member:
    return Member(hub, f"anna-{random.getrandbits(32)}")


def padded(clip: Path, size: int) -> bytes:
    """Return a video that ends with a box of bytes that players skip."""
    video = clip.read_bytes()
    rest = size - len(video)
    box = rest.to_bytes(4) + b"free" + random.Random(1).randbytes(rest - 8)
    return video + box


def test_a_full_disk_is_told_and_loses_nothing(hub: Hub, anna: Member, clip: Path) -> None:
    others = begin(anna, 12 << 20)
    assert patch(anna, others, 0, bytes(12 << 20)).status_code == 204
    file = padded(clip, 16 << 20)
    path = begin(anna, len(file))
    assert patch(anna, path, 0, file[: 4 << 20]).status_code == 204
    refused = patch(anna, path, 4 << 20, file[4 << 20 :])
    assert (refused.status_code, refused.json()["code"]) == (507, "insufficient_storage")
    kept = offset_of(anna, path)
    assert 4 << 20 <= kept < len(file)
    # What is there can be read, and what needs no room goes on.
    assert anna.get("/api/v1/videos").status_code == 200
    assert send(anna, "DELETE", others).status_code == 204
    assert patch(anna, path, kept, file[kept:]).status_code == 204
    made = anna.send(
        "POST",
        "/api/v1/videos",
        json={"upload_id": path.rpartition("/")[2], "title": "Through thick and thin"},
    )
    assert made.status_code == 201, made.text
    video = anna.processed(made.json()["id"])
    assert video["processing"]["state"] == "ready"
    stored = anna.get(f"/media/{video['id']}/original.bin").content
    assert hashlib.sha256(stored).digest() == hashlib.sha256(file).digest()
    anna.send("DELETE", f"/api/v1/videos/{video['id']}")


def test_a_form_that_finds_no_room_leaves_nothing(hub: Hub, anna: Member, clip: Path) -> None:
    others = begin(anna, 14 << 20)
    assert patch(anna, others, 0, bytes(14 << 20)).status_code == 204
    large = hub.log.with_name("large.mp4")
    large.write_bytes(padded(clip, 12 << 20))
    refused = anna.upload(large)
    assert (refused.status_code, refused.json()["code"]) == (507, "insufficient_storage")
    assert anna.get("/api/v1/me/videos").json()["items"] == []
    assert [found["id"] for found in anna.get("/api/v1/uploads").json()["items"]] == [
        others.rpartition("/")[2]
    ]
    large.write_bytes(padded(clip, 6 << 20))
    video = anna.processed(anna.upload(large).json()["id"])
    assert video["processing"]["state"] == "ready"
