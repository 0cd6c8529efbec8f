"""What the upload store and the media store promise."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.media.local_files import LocalMediaStore, LocalUploadStore
from adapters.media.s3_bucket import Place
from adapters.media.s3_files import S3MediaStore
from adapters.media.work_folders import LocalWorkFolders
from tests.fakes.files import FakeFiles
from tests.fakes.work_folders import FakeWorkFolders
from tests.s3_server import S3Server
from videohub_core.shared.ids import UploadId, VideoId
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import NoSuchMedia, WrongOffset
from videohub_core.videos.ports import READ_MOST, WorkFolder

UPLOAD = UploadId("upload0000000001")
VIDEO = VideoId("video00000000001")


@pytest.fixture
def fake_stores() -> tuple[Any, Any]:
    files = FakeFiles()
    return files, files


@pytest.fixture
def local_stores(tmp_path: Path) -> tuple[Any, Any]:
    return LocalUploadStore(tmp_path / "data"), LocalMediaStore(tmp_path / "data")


@pytest.fixture
def s3_stores(tmp_path: Path, s3_place: Place) -> tuple[Any, Any]:
    return LocalUploadStore(tmp_path / "data"), S3MediaStore(tmp_path / "data", s3_place)


@pytest.fixture
def s3_place(s3_server: S3Server, tmp_path: Path) -> Place:
    """Below a prefix of the test's own."""
    return s3_server.place(tmp_path.name)


@pytest.fixture(params=["fake", "local", "s3"])
def stores(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(f"{request.param}_stores")


@pytest.fixture
def uploads(stores: tuple[Any, Any]) -> Any:
    return stores[0]


@pytest.fixture
def media(stores: tuple[Any, Any]) -> Any:
    return stores[1]


def read(media: Any, key: MediaKey) -> bytes:
    file = media.open(key)
    try:
        data = b"".join(file.blocks(0, file.size))
        if file.fileno() is not None:
            assert os.pread(file.fileno(), file.size, 0) == data
        return data
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


def test_a_file_comes_while_the_last_one_of_its_video_goes(media: Any) -> None:
    def come_and_go(name: str) -> None:
        key = MediaKey(f"media/{VIDEO}/{name}")
        for _ in range(100):
            media.write(b"x", key)
            assert media.read(key) == b"x"
            media.remove(key)

    with ThreadPoolExecutor() as threads:
        for done in [threads.submit(come_and_go, f"{number}.vtt") for number in range(3)]:
            done.result()
    assert list(media.of_video(VIDEO)) == []


@pytest.mark.parametrize("gone", [FileNotFoundError, FileExistsError])
def test_a_folder_that_vanishes_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: type[OSError]
) -> None:
    key = MediaKey(f"media/{VIDEO}/a-1.mp4")
    media = LocalMediaStore(tmp_path / "data")
    replace, lost = Path.replace, [gone, gone]

    def replace_later(source: Path, target: Path) -> Path:
        if lost:
            target.parent.rmdir()
            raise lost.pop()
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", replace_later)
    keep(media, tmp_path, key, b"made")
    assert read(media, key) == b"made"
    monkeypatch.setattr(Path, "replace", raising(gone))
    with pytest.raises(gone):
        keep(media, tmp_path, key, b"made")


def raising(error: type[OSError]) -> Callable[..., Path]:
    def replace(_source: Path, _target: Path) -> Path:
        raise error

    return replace


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


def test_a_file_is_fetched_while_somebody_waits(media: Any, tmp_path: Path) -> None:
    key = MediaKey(f"media/{VIDEO}/a-1.mp4")
    keep(media, tmp_path, key, b"abc")
    assert media.fetch(key, tmp_path / "fetched", size_most=3)
    assert (tmp_path / "fetched").read_bytes() == b"abc"
    with pytest.raises(NoSuchMedia):
        media.fetch(MediaKey(f"media/{VIDEO}/no.mp4"), tmp_path / "nothing", size_most=3)


def test_a_part_of_a_file(media: Any, tmp_path: Path) -> None:
    key = MediaKey(f"media/{VIDEO}/a-1.mp4")
    data = os.urandom(3 << 20)
    keep(media, tmp_path, key, data)
    file = media.open(key)
    assert file.size == len(data)
    for start, length in [(0, 1), (5, 2 << 20), (len(data) - 7, 7), (9, 0)]:
        assert b"".join(file.blocks(start, length)) == data[start : start + length]
    file.close()


def test_a_text_is_read_as_a_whole(media: Any, tmp_path: Path) -> None:
    key = MediaKey(f"media/{VIDEO}/a-1.m3u8")
    keep(media, tmp_path, key, b"#EXTM3U\n")
    assert media.read(key) == b"#EXTM3U\n"
    keep(media, tmp_path, key, b"x" * (READ_MOST + 1))
    assert len(media.read(key)) == READ_MOST
    with pytest.raises(NoSuchMedia):
        media.read(MediaKey(f"media/{VIDEO}/a-2.m3u8"))


def test_an_archived_original_is_where_it_was(uploads: Any, media: Any, tmp_path: Path) -> None:
    uploads.append(UPLOAD, 0, b"abc")
    key = uploads.key(UPLOAD)
    opened = media.open(key)
    for _ in range(2):
        media.archive(key)
        assert read(media, key) == b"abc"
    assert b"".join(opened.blocks(0, 3)) == b"abc", "whoever reads it goes on"
    opened.close()
    media.lend(key, tmp_path / "original")
    assert (tmp_path / "original").read_bytes() == b"abc"
    assert [file.key for file in media.files()] == [key]
    media.remove(key)
    media.archive(key)
    with pytest.raises(NoSuchMedia):
        media.open(key)


def test_everything_that_is_stored(uploads: Any, media: Any, tmp_path: Path) -> None:
    assert list(media.files()) == []
    before = datetime.now(UTC) - timedelta(seconds=2)
    uploads.append(UPLOAD, 0, b"abc")
    uploads.hold(UPLOAD, b"de")
    made = MediaKey(f"media/{VIDEO}/a-1.mp4")
    keep(media, tmp_path, made, b"x" * 5)
    held = MediaKey(f"{uploads.key(UPLOAD)}.held")
    found = {file.key: file for file in media.files()}
    sizes = {key: file.size for key, file in found.items()}
    assert sizes == {uploads.key(UPLOAD): 3, held: 2, made: 5}
    now = datetime.now(UTC)
    assert all(before < file.modified < now + timedelta(seconds=2) for file in found.values())
    media.remove(held)
    assert held not in {file.key for file in media.files()}
    assert uploads.length(UPLOAD) == 3


def test_a_file_of_this_machine_has_no_link(uploads: Any, media: Any) -> None:
    uploads.append(UPLOAD, 0, b"abc")
    assert media.link(uploads.key(UPLOAD), content_type="video/mp4", seconds=5) is None


@pytest.fixture(params=["fake", "local"])
def work(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Folders of which one, `job1`, has a file of 10 bytes and a lent original."""
    if request.param == "fake":
        fake = FakeWorkFolders()
        fake.folders.append(WorkFolder("job1", 10, datetime.now(UTC)))
        return fake
    root = tmp_path / "work"
    (root / "job1" / "made").mkdir(parents=True)
    (root / "job1" / "made" / "playable.mp4").write_bytes(b"x" * 10)
    (tmp_path / "original").write_bytes(b"lent")
    (root / "job1" / "original").hardlink_to(tmp_path / "original")
    return LocalWorkFolders(root)


def test_the_folders_of_jobs(work: Any) -> None:
    (folder,) = work.all()
    assert (folder.job, folder.size) == ("job1", 10)
    now = datetime.now(UTC)
    assert now - timedelta(minutes=1) < folder.modified <= now + timedelta(seconds=1)
    work.remove("job2")
    for _ in range(2):
        work.remove("job1")
        assert list(work.all()) == []


def test_where_there_were_no_jobs_there_are_no_folders(tmp_path: Path) -> None:
    assert list(LocalWorkFolders(tmp_path / "none").all()) == []
