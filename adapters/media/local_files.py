"""Bytes as files under one folder: originals as they arrive, and what is made of them.

A file is finished under a temporary name or in another folder, synced, moved, and its
folder synced, before anything names it: after a power cut there is the whole file or
none.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from videohub_core.shared.errors import OutOfSpace
from videohub_core.shared.ids import UploadId, VideoId
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import NoSuchMedia, WrongOffset
from videohub_core.videos.ports import READ_MOST, StoredFile

AREAS = ("originals", "media", "incoming")
"""The folders that keys begin with; the last holds what is being written."""

_BLOCK = 1 << 20
_MOVE_TRIES = 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LocalUploadStore:
    """`UploadStore` in `<root>/originals`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def key(self, upload_id: UploadId) -> MediaKey:
        return MediaKey(f"originals/{upload_id[:2]}/{upload_id}")

    def append(self, upload_id: UploadId, offset: int, data: bytes) -> int:
        path = self._path(upload_id)
        with out_of_space():
            if not offset:
                path.parent.mkdir(parents=True, exist_ok=True)
            if self.length(upload_id) != offset:
                raise WrongOffset
            # Only the first bytes make the file: one that was swept stays away.
            with path.open("ab" if not offset else "r+b") as file:
                file.seek(offset)
                file.write(data)
        return offset + len(data)

    def hold(self, upload_id: UploadId, data: bytes) -> None:
        path = self._held(upload_id)
        with out_of_space():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(data)

    def accept(self, upload_id: UploadId, offset: int) -> int:
        held = self._held(upload_id)
        with held.open("rb") as file:
            while data := file.read(_BLOCK):
                offset = self.append(upload_id, offset, data)
        held.unlink()
        return offset

    def drop(self, upload_id: UploadId) -> None:
        self._held(upload_id).unlink(missing_ok=True)

    def length(self, upload_id: UploadId) -> int:
        try:
            return self._path(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    def last_written(self, upload_id: UploadId) -> datetime | None:
        try:
            return datetime.fromtimestamp(self._path(upload_id).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def make_durable(self, upload_id: UploadId) -> None:
        with out_of_space():
            _sync(self._path(upload_id))

    def remove(self, upload_id: UploadId) -> None:
        self._held(upload_id).unlink(missing_ok=True)
        self._path(upload_id).unlink(missing_ok=True)

    def _held(self, upload_id: UploadId) -> Path:
        path = self._path(upload_id)
        return path.with_name(f"{path.name}.held")

    def _path(self, upload_id: UploadId) -> Path:
        return self._root / self.key(upload_id)


class LocalMediaFile:
    """`MediaFile` that is a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = os.fstat(file.fileno()).st_size

    def fileno(self) -> int:
        return self._file.fileno()

    def blocks(self, start: int, length: int) -> Iterator[bytes]:
        end = start + length
        while start < end and (
            block := os.pread(self.fileno(), min(_BLOCK, end - start), start)
        ):
            yield block
            start += len(block)

    def close(self) -> None:
        self._file.close()


class LocalMediaStore:
    """`MediaStore` below `<root>`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, source: Path, key: MediaKey) -> None:
        target = self._root / key
        with out_of_space():
            _sync(source)
            _move(source, target)
            # Whoever deleted it since, with its folder, left nothing to outlive a power cut.
            with contextlib.suppress(FileNotFoundError):
                _sync_folder(target.parent)
            _sync_folder(target.parent.parent)

    def write(self, data: bytes, key: MediaKey) -> None:
        folder = self._root / AREAS[-1]
        source = folder / f"{uuid4().hex}.part"
        try:
            with out_of_space():
                folder.mkdir(parents=True, exist_ok=True)
                source.write_bytes(data)
            self.keep(source, key)
        finally:
            source.unlink(missing_ok=True)

    def archive(self, key: MediaKey) -> None:
        """Uploads are where the other files are."""

    def open(self, key: MediaKey) -> LocalMediaFile:
        try:
            return LocalMediaFile(self.path(key).open("rb"))
        except FileNotFoundError:
            raise NoSuchMedia from None

    def link(
        self, key: MediaKey, *, content_type: str, seconds: int, is_download: bool = False
    ) -> str | None:
        del key, content_type, seconds, is_download
        return None

    def lend(self, key: MediaKey, to: Path) -> None:
        try:
            to.hardlink_to(self.path(key))
        except FileNotFoundError:
            raise NoSuchMedia from None
        except OSError:
            # Another file system, or one without links.
            with out_of_space():
                shutil.copyfile(self.path(key), to)

    def fetch(self, key: MediaKey, to: Path, *, size_most: int) -> bool:
        del size_most
        self.lend(key, to)
        return True

    def read(self, key: MediaKey) -> bytes:
        file = self.open(key)
        try:
            return b"".join(file.blocks(0, READ_MOST))
        finally:
            file.close()

    def remove(self, key: MediaKey) -> None:
        path = self.path(key)
        path.unlink(missing_ok=True)
        if key.startswith("media/"):
            # The video's own folder goes with its last file.
            with contextlib.suppress(OSError):
                path.parent.rmdir()

    def of_video(self, video_id: VideoId) -> Iterable[MediaKey]:
        folder = self._root / "media" / video_id
        if not folder.is_dir():
            return []
        return [MediaKey(f"media/{video_id}/{file.name}") for file in folder.iterdir()]

    def files(self) -> Iterator[StoredFile]:
        for area in AREAS:
            for folder, _, names in os.walk(self._root / area):
                for name in names:
                    path = Path(folder, name)
                    # It may have gone since the folder was read.
                    with contextlib.suppress(FileNotFoundError):
                        found = path.stat()
                        key = MediaKey(path.relative_to(self._root).as_posix())
                        modified = datetime.fromtimestamp(found.st_mtime, UTC)
                        yield StoredFile(key, found.st_size, modified)

    def has(self, key: MediaKey) -> bool:
        return self.path(key).exists()

    def path(self, key: MediaKey) -> Path:
        return self._root / key


@contextlib.contextmanager
def out_of_space() -> Iterator[None]:
    """Raise OutOfSpace for what the system says of a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise OutOfSpace from error
        raise


def _move(source: Path, target: Path) -> None:
    """Move a file into a folder that may come and go with the last file of its video."""
    for tries_left in reversed(range(_MOVE_TRIES)):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        except (FileNotFoundError, FileExistsError):
            # The latter is what mkdir makes of a folder that goes while it looks.
            if not tries_left or not source.exists():
                raise
        else:
            return


def _sync(path: Path) -> None:
    """Return once the file and its name would survive a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    _sync_folder(path.parent)
    _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
