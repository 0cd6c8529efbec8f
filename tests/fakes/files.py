"""Stored bytes in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from videohub_core.shared.ids import UploadId, VideoId
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import NoSuchMedia, WrongOffset
from videohub_core.videos.ports import READ_MOST, StoredFile


class FakeFiles:
    """`UploadStore` and `MediaStore` over one dictionary."""

    def __init__(self) -> None:
        self.bytes: dict[str, bytes] = {}
        self.durable: set[str] = set()
        self.written: dict[str, datetime] = {}
        self.held: dict[str, bytes] = {}
        self.archived: list[MediaKey] = []
        self.links: str | None = None
        """Where links go; None if there are none."""

    def key(self, upload_id: UploadId) -> MediaKey:
        return MediaKey(f"originals/{upload_id}")

    def append(self, upload_id: UploadId, offset: int, data: bytes) -> int:
        if offset != self.length(upload_id):
            raise WrongOffset
        key = self.key(upload_id)
        self.bytes[key] = self.bytes.get(key, b"") + data
        self.written[key] = datetime.now(UTC)
        return len(self.bytes[key])

    def hold(self, upload_id: UploadId, data: bytes) -> None:
        self.held[upload_id] = self.held.get(upload_id, b"") + data

    def accept(self, upload_id: UploadId, offset: int) -> int:
        return self.append(upload_id, offset, self.held.pop(upload_id))

    def drop(self, upload_id: UploadId) -> None:
        self.held.pop(upload_id, None)

    def length(self, upload_id: UploadId) -> int:
        return len(self.bytes.get(self.key(upload_id), b""))

    def last_written(self, upload_id: UploadId) -> datetime | None:
        return self.written.get(self.key(upload_id))

    def make_durable(self, upload_id: UploadId) -> None:
        self.durable.add(self.key(upload_id))

    def remove(self, name: str) -> None:
        """Serve both ports: an upload's id and a key never look alike."""
        key = name if "/" in name else self.key(UploadId(name))
        self.bytes.pop(key, None)
        self.held.pop(name, None)
        if key.endswith(".held"):
            self.held.pop(key.removesuffix(".held").rpartition("/")[2], None)
        self.written.pop(key, None)

    def keep(self, source: Path, key: MediaKey) -> None:
        self.bytes[key] = source.read_bytes()
        self.written[key] = datetime.now(UTC)
        source.unlink()

    def write(self, data: bytes, key: MediaKey) -> None:
        self.bytes[key] = data

    def archive(self, key: MediaKey) -> None:
        if key in self.bytes:
            self.archived.append(key)

    def link(
        self, key: MediaKey, *, content_type: str, seconds: int, is_download: bool = False
    ) -> str | None:
        if not self.links:
            return None
        return f"{self.links}/{key}?{content_type}&{seconds}&{is_download}"

    def read(self, key: MediaKey) -> bytes:
        if key not in self.bytes:
            raise NoSuchMedia
        return self.bytes[key][:READ_MOST]

    def files(self) -> Iterable[StoredFile]:
        held = {self.key(UploadId(name)) + ".held": data for name, data in self.held.items()}
        now = datetime.now(UTC)
        return [
            StoredFile(MediaKey(key), len(data), self.written.get(key, now))
            for key, data in {**self.bytes, **held}.items()
        ]

    def open(self, key: MediaKey) -> FakeMediaFile:
        if key not in self.bytes:
            raise NoSuchMedia
        return FakeMediaFile(self.bytes[key])

    def lend(self, key: MediaKey, to: Path) -> None:
        if key not in self.bytes:
            raise NoSuchMedia
        to.write_bytes(self.bytes[key])

    def fetch(self, key: MediaKey, to: Path, *, size_most: int) -> bool:
        del size_most
        self.lend(key, to)
        return True

    def of_video(self, video_id: VideoId) -> Iterable[MediaKey]:
        return [MediaKey(key) for key in self.bytes if key.startswith(f"media/{video_id}/")]


class FakeMediaFile:
    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        self._file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - close() is ours
        self._file.write(data)
        self._file.flush()
        self._data = data

    def fileno(self) -> int:
        return self._file.fileno()

    def blocks(self, start: int, length: int) -> Iterator[bytes]:
        yield self._data[start : start + length]

    def close(self) -> None:
        self._file.close()
