"""What the upload store and the media store promise."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.media.local_files import LocalMediaStore, LocalUploadStore
from tests.fakes.files import FakeFiles
from videohub_core.shared.ids import UploadId, VideoId
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import NoSuchMedia, WrongOffset

UPLOAD = UploadId("upload0000000001")
VIDEO = VideoId("video00000000001")


@pytest.fixture(params=["fake", "local"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, Any]:
    if request.param == "fake":
        files = FakeFiles()
        return files, files
    return LocalUploadStore(tmp_path / "data"), LocalMediaStore(tmp_path / "data")


@pytest.fixture
def uploads(stores: tuple[Any, Any]) -> Any:
    return stores[0]


@pytest.fixture
def media(stores: tuple[Any, Any]) -> Any:
    return stores[1]


def read(media: Any, key: MediaKey) -> bytes:
    file = media.open(key)
    try:
        return os.pread(file.fileno(), file.size, 0)
    finally:
        file.close()


def keep(media: Any, folder: Path, key: MediaKey, data: bytes) -> None:
    made = folder / "made"
    made.write_bytes(data)
    media.keep(made, key)
    assert not made.exists()


def test_bytes_arrive_one_after_the_other(uploads: Any, media: Any) -> None:
    assert uploads.length(UPLOAD) == 0
    assert uploads.append(UPLOAD, 0, b"abc") == 3
    assert uploads.append(UPLOAD, 3, b"def") == 6
    assert uploads.length(UPLOAD) == 6
    uploads.make_durable(UPLOAD)
    assert read(media, uploads.key(UPLOAD)) == b"abcdef"


@pytest.mark.parametrize("offset", [0, 2, 4])
def test_a_wrong_offset_writes_nothing(uploads: Any, offset: int) -> None:
    uploads.append(UPLOAD, 0, b"abc")
    with pytest.raises(WrongOffset):
        uploads.append(UPLOAD, offset, b"x")
    assert uploads.length(UPLOAD) == 3


def test_bytes_are_held_until_they_are_accepted(uploads: Any, media: Any) -> None:
    uploads.append(UPLOAD, 0, b"abc")
    for data in (b"de", b"f"):
        uploads.hold(UPLOAD, data)
    assert uploads.length(UPLOAD) == 3
    assert uploads.accept(UPLOAD, 3) == 6
    uploads.hold(UPLOAD, b"wrong")
    uploads.drop(UPLOAD)
    uploads.drop(UPLOAD)
    uploads.hold(UPLOAD, b"g")
    assert uploads.accept(UPLOAD, 6) == 7
    assert read(media, uploads.key(UPLOAD)) == b"abcdefg"
    uploads.hold(UPLOAD, b"h")
    uploads.remove(UPLOAD)
    uploads.hold(UPLOAD, b"i")
    assert uploads.accept(UPLOAD, 0) == 1


def test_when_bytes_last_arrived(uploads: Any) -> None:
    assert uploads.last_written(UPLOAD) is None
    before = datetime.now(UTC) - timedelta(seconds=1)
    uploads.append(UPLOAD, 0, b"abc")
    assert before < uploads.last_written(UPLOAD) < before + timedelta(minutes=1)


def test_a_removed_upload_is_gone_and_may_be_removed_again(uploads: Any, media: Any) -> None:
    uploads.append(UPLOAD, 0, b"abc")
    uploads.remove(UPLOAD)
    uploads.remove(UPLOAD)
    assert uploads.length(UPLOAD) == 0
    with pytest.raises(NoSuchMedia):
        media.open(uploads.key(UPLOAD))


def test_a_finished_file_is_moved_under_its_key(media: Any, tmp_path: Path) -> None:
    key = MediaKey(f"media/{VIDEO}/a-1.mp4")
    keep(media, tmp_path, key, b"first")
    keep(media, tmp_path, key, b"second, which replaces it")
    assert read(media, key) == b"second, which replaces it"


def test_a_few_bytes_are_put_under_their_key(media: Any, tmp_path: Path) -> None:
    key = MediaKey(f"media/{VIDEO}/captions-ru-a.vtt")
    media.write(b"first", key)
    media.write(b"second, which replaces it", key)
    assert read(media, key) == b"second, which replaces it"
    assert list(media.of_video(VIDEO)) == [key]
    assert not list(tmp_path.rglob("*.part"))


def test_the_files_of_a_video(media: Any, tmp_path: Path) -> None:
    keys = [MediaKey(f"media/{VIDEO}/{name}") for name in ("a-1.mp4", "a-1.jpg")]
    for key in [*keys, MediaKey("media/video00000000002/a-1.mp4")]:
        keep(media, tmp_path, key, b"x")
    assert sorted(media.of_video(VIDEO)) == sorted(keys)
    for key in keys:
        media.remove(key)
        media.remove(key)
    assert list(media.of_video(VIDEO)) == []
    with pytest.raises(NoSuchMedia):
        media.open(keys[0])


def test_a_lent_file_has_the_same_bytes(uploads: Any, media: Any, tmp_path: Path) -> None:
    uploads.append(UPLOAD, 0, b"abc")
    media.lend(uploads.key(UPLOAD), tmp_path / "original")
    assert (tmp_path / "original").read_bytes() == b"abc"
    (tmp_path / "original").unlink()
    assert read(media, uploads.key(UPLOAD)) == b"abc"
    with pytest.raises(NoSuchMedia):
        media.lend(MediaKey("originals/no/thing"), tmp_path / "nothing")
