"""What only a bucket has: links, parts, a network, other people's rules."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from adapters.media import s3_bucket, s3_files
from adapters.media.s3_bucket import Place
from adapters.media.s3_checkup import check_bucket
from adapters.media.s3_files import S3MediaStore
from entrypoints.container import build_container
from entrypoints.settings import make_settings
from tests.end_to_end.hub import free_port
from tests.s3_server import BUCKET, SECRET, S3Server
from tests.waiting import eventually
from videohub_core.shared.errors import OutOfSpace, Unavailable
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import NoSuchMedia

VIDEO = VideoId("video00000000001")
KEY = MediaKey(f"media/{VIDEO}/a-1.mp4")
ORIGIN = "https://videos.example.test"


@pytest.fixture
def place(s3_server: S3Server, tmp_path: Path) -> Place:
    return s3_server.place(tmp_path.name)


@pytest.fixture
def store(place: Place, tmp_path: Path) -> S3MediaStore:
    return S3MediaStore(tmp_path / "data", place)


def keep(store: S3MediaStore, folder: Path, data: bytes, key: MediaKey = KEY) -> None:
    made = folder / "made"
    made.write_bytes(data)
    store.keep(made, key)


def test_a_link_gives_the_bytes_for_its_time_and_nothing_else(
    store: S3MediaStore, tmp_path: Path
) -> None:
    keep(store, tmp_path, b"0123456789")
    link = store.link(KEY, content_type="video/mp4", seconds=60)
    assert link is not None
    got = requests.get(link, headers={"Range": "bytes=2-4"}, timeout=10)
    assert (got.status_code, got.content) == (206, b"234")
    assert got.headers["Content-Type"] == "video/mp4"
    assert "Content-Disposition" not in got.headers
    assert requests.get(link.partition("?")[0], timeout=10).status_code == 403
    assert requests.get(link.replace("mp4?", "jpg?"), timeout=10).status_code == 403
    assert requests.delete(link, timeout=10).status_code == 403
    short = str(store.link(KEY, content_type="video/mp4", seconds=1))
    eventually(lambda: requests.get(short, timeout=10).status_code == 403)


def test_a_link_to_keep_a_file_by_shows_nothing(store: S3MediaStore, tmp_path: Path) -> None:
    keep(store, tmp_path, b"<script>")
    link = store.link(KEY, content_type="application/octet-stream", seconds=9, is_download=True)
    got = requests.get(str(link), timeout=10)
    assert got.headers["Content-Disposition"] == "attachment"
    assert got.headers["Content-Type"] == "application/octet-stream"


def test_links_go_to_where_browsers_reach_the_store(place: Place, tmp_path: Path) -> None:
    other = Place(**{**vars(place), "links": "https://files.example.test"})
    link = S3MediaStore(tmp_path, other).link(KEY, content_type="video/mp4", seconds=9)
    assert str(link).startswith(f"https://files.example.test/{BUCKET}/{place.prefix}/{KEY}?")


@pytest.mark.parametrize(
    "url",
    [
        "s3://k:s@s3.us-east-1.amazonaws.com/school-videos/hub",
        "s3://k:s@s3.eu-central-1.amazonaws.com/school-videos",
        "s3://k:s@s3.eu-central-1.amazonaws.com/videos.example.org",
        "s3://k:s@store.lan:9000/videos?scheme=http",
        "s3://k:s@store.lan/videos?style=host&links=https://files.example.org",
    ],
)
def test_links_are_of_the_origin_that_pages_allow(url: str, tmp_path: Path) -> None:
    values = {"videohub.data_dir": str(tmp_path), "videohub.s3_url": url}
    settings = make_settings(values, {})
    store = build_container(settings).media_store()
    link = store.link(KEY, content_type="video/mp4", seconds=9)
    assert link.startswith(f"{settings.links_origin}/")


def test_a_large_file_goes_and_comes_in_parts(
    store: S3MediaStore, s3_server: S3Server, place: Place, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    with made.open("wb") as file:
        file.truncate(65 << 20)
        file.write(b"the end")
    size = made.stat().st_size
    store.keep(made, KEY)
    head = s3_server.client.head_object(Bucket=BUCKET, Key=f"{place.prefix}/{KEY}")
    assert head["ETag"].strip('"').endswith("-5")
    file = store.open(KEY)
    assert file.size == size
    assert b"".join(file.blocks(size - 7, 7))[-7:] == bytes(7)
    store.lend(KEY, tmp_path / "lent")
    assert (tmp_path / "lent").stat().st_size == size


def test_an_original_is_archived_once_all_of_it_is_there(
    store: S3MediaStore, tmp_path: Path
) -> None:
    key = MediaKey("originals/up/upload0000000001")
    path = tmp_path / "data" / key
    path.parent.mkdir(parents=True)
    path.write_bytes(b"original")
    assert store.link(key, content_type="video/mp4", seconds=9) is None
    store.archive(key)
    assert not path.exists()
    assert store.read(key) == b"original"
    assert store.link(key, content_type="video/mp4", seconds=9) is not None
    store.remove(key)
    with pytest.raises(NoSuchMedia):
        store.open(key)


def everything(store: S3MediaStore, folder: Path) -> list[Any]:
    return [
        lambda: keep(store, folder, b"x"),
        lambda: store.open(KEY),
        lambda: store.lend(KEY, folder / "lent"),
        lambda: store.read(KEY),
        lambda: store.remove(KEY),
        lambda: list(store.of_video(VIDEO)),
        lambda: list(store.files()),
    ]


WRONG = {
    "nobody is there": {"endpoint": f"http://127.0.0.1:{free_port()}"},
    "another secret": {"secret_key": "wrong"},
    "another key": {"access_key": "nobody"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_store_that_does_not_answer_may_do_so_later(
    s3_server: S3Server, tmp_path: Path, changes: dict[str, Any]
) -> None:
    store = S3MediaStore(tmp_path / "data", s3_server.place("x", **changes))
    for call in everything(store, tmp_path):
        with pytest.raises(Unavailable):
            call()
    assert (tmp_path / "made").exists(), "what could not be kept is still there"


def test_a_file_that_takes_long_to_come_is_not_fetched(
    store: S3MediaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, tmp_path, b"0123456789")
    fetched = tmp_path / "fetched"
    assert not store.fetch(KEY, fetched, size_most=9)
    assert not fetched.exists()
    assert store.fetch(KEY, fetched, size_most=10)
    assert fetched.read_bytes() == b"0123456789"
    monkeypatch.setattr(s3_files, "_FETCH_SECONDS", -1.0)
    with pytest.raises(Unavailable):
        store.fetch(KEY, fetched, size_most=10)


def test_what_is_not_there_is_no_outage(store: S3MediaStore, tmp_path: Path) -> None:
    keep(store, tmp_path, b"0123456789")
    with pytest.raises(NoSuchMedia):
        store.open(MediaKey(f"media/{VIDEO}/no.mp4"))
    assert store.read(KEY) == b"0123456789"


def test_a_store_that_is_silent_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_bucket, "_ASK_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        place = Place(endpoint=endpoint, bucket="away", access_key="k", secret_key="s")
        store = S3MediaStore(tmp_path, place)
        for call in (lambda: store.open(KEY), lambda: store.write(b"x", KEY)):
            with pytest.raises(Unavailable):
                call()
        silent.settimeout(0)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()


class Refusing(BaseHTTPRequestHandler):
    """A store that has no room left."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b"<Error><Code>QuotaExceeded</Code><Message>Full</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_full_bucket(tmp_path: Path) -> None:
    with served(Refusing) as endpoint:
        place = Place(endpoint=endpoint, bucket="full", access_key="k", secret_key="s")
        with pytest.raises(OutOfSpace):
            keep(S3MediaStore(tmp_path / "data", place), tmp_path, b"x")


def test_the_secret_is_not_shown(place: Place, store: S3MediaStore, tmp_path: Path) -> None:
    keep(store, tmp_path, b"x")
    link = store.link(KEY, content_type="video/mp4", seconds=9)
    assert SECRET not in f"{place!r} {link}"


def test_the_operator_is_told_about_the_bucket(s3_server: S3Server, place: Place) -> None:
    found = check_bucket(place, shown="the bucket", origin=ORIGIN)
    assert (found.problem, found.versioned, found.readable_by_pages) == (None, False, False)
    assert found.clock_seconds < 2
    rule = {"AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET"], "AllowedHeaders": ["Range"]}
    client = s3_server.client
    client.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})
    assert check_bucket(place, shown="", origin=ORIGIN).readable_by_pages
    assert not check_bucket(place, shown="", origin="https://other.test").readable_by_pages
    client.delete_bucket_cors(Bucket=BUCKET)
    assert s3_server.stored(f"{place.prefix}/") == [], "the probe is gone"


def test_a_versioned_bucket_is_told(s3_server: S3Server) -> None:
    s3_server.client.create_bucket(Bucket="versioned")
    s3_server.client.put_bucket_versioning(
        Bucket="versioned", VersioningConfiguration={"Status": "Enabled"}
    )
    assert check_bucket(s3_server.place("", bucket="versioned"), shown="", origin="").versioned


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bucket": "no-such-bucket"}, "NoSuchBucket"),
        ({"secret_key": "wrong"}, "SignatureDoesNotMatch"),
        ({"endpoint": "http://127.0.0.1:1"}, "Could not connect"),
    ],
)
def test_a_bucket_that_is_of_no_use(
    s3_server: S3Server, changes: dict[str, Any], said: str
) -> None:
    found = check_bucket(s3_server.place("x", **changes), shown="", origin=ORIGIN)
    assert said in str(found.problem)
