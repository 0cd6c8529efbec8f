"""What is made of videos as objects of a bucket, and originals once they are archived.

A file of this machine comes first: uploads arrive here, and a job takes them over later.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

from adapters.media.local_files import AREAS, LocalMediaStore, out_of_space
from adapters.media.s3_bucket import TRANSFER, Bucket, Place, answers
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import NoSuchMedia
from videohub_core.videos.ports import READ_MOST, MediaFile, StoredFile

_BLOCK = 256 << 10
"""As much as each viewer has in memory: who pauses keeps it for a while."""
_FETCH_SECONDS = 30.0


class S3MediaFile:
    """`MediaFile` that is an object: nothing of it is here until it is read."""

    def __init__(self, bucket: Bucket, key: MediaKey, size: int) -> None:
        self._bucket = bucket
        self._key = key
        self.size = size

    def fileno(self) -> None:
        return None

    def blocks(self, start: int, length: int) -> Generator[bytes]:
        if not length:
            return
        asked = f"bytes={start}-{start + length - 1}"
        found = self._bucket.ask("get_object", self._key, Range=asked)
        with answers(), contextlib.closing(found["Body"]) as body:
            while block := body.read(_BLOCK):
                yield block

    def close(self) -> None:
        """Each reading has ended its own connection."""


class S3MediaStore:
    """`MediaStore` in a bucket, with local files below `<root>` before it."""

    def __init__(self, root: Path, place: Place) -> None:
        self._local = LocalMediaStore(root)
        self._bucket = Bucket(place)

    def keep(self, source: Path, key: MediaKey) -> None:
        self._send(source, key)
        source.unlink()

    def write(self, data: bytes, key: MediaKey) -> None:
        self._bucket.ask("put_object", key, Body=data)

    def archive(self, key: MediaKey) -> None:
        path = self._local.path(key)
        try:
            size = path.stat().st_size
            self._send(path, key)
        except FileNotFoundError:
            return
        if self._size(key) != size:
            raise Unavailable("The bucket has another number of bytes than it was sent.")
        self._local.remove(key)

    def open(self, key: MediaKey) -> MediaFile:
        with contextlib.suppress(NoSuchMedia):
            return self._local.open(key)
        return self._object(key)

    def _object(self, key: MediaKey) -> S3MediaFile:
        return S3MediaFile(self._bucket, key, self._size(key))

    def link(
        self, key: MediaKey, *, content_type: str, seconds: int, is_download: bool = False
    ) -> str | None:
        if self._local.has(key):
            return None
        said: dict[str, Any] = {"ResponseContentType": content_type}
        if is_download:
            said["ResponseContentDisposition"] = "attachment"
        with answers():
            url = self._bucket.links.generate_presigned_url(
                "get_object", {**self._bucket.at(key), **said}, seconds
            )
        return str(url)

    def lend(self, key: MediaKey, to: Path) -> None:
        try:
            self._local.lend(key, to)
        except NoSuchMedia:
            with answers(), out_of_space():
                self._bucket.client.download_file(
                    **self._bucket.at(key), Filename=str(to), Config=TRANSFER
                )

    def fetch(self, key: MediaKey, to: Path, *, size_most: int) -> bool:
        with contextlib.suppress(NoSuchMedia):
            return self._local.fetch(key, to, size_most=size_most)
        file = self._object(key)
        if file.size > size_most:
            return False
        deadline = time.monotonic() + _FETCH_SECONDS
        with contextlib.closing(file.blocks(0, file.size)) as blocks, to.open("wb") as copy:
            for block in blocks:
                if time.monotonic() > deadline:
                    raise Unavailable("The store of the files is too slow for this.")
                with out_of_space():
                    copy.write(block)
        return True

    def read(self, key: MediaKey) -> bytes:
        file = self.open(key)
        try:
            return b"".join(file.blocks(0, min(file.size, READ_MOST)))
        finally:
            file.close()

    def remove(self, key: MediaKey) -> None:
        self._local.remove(key)
        with answers():
            self._bucket.client.delete_object(**self._bucket.at(key))

    def of_video(self, video_id: VideoId) -> Iterable[MediaKey]:
        found = [MediaKey(key) for key, _ in self._bucket.listed(f"media/{video_id}/")]
        return {*found, *self._local.of_video(video_id)}

    def files(self) -> Iterator[StoredFile]:
        # An original that is archived meanwhile is seen here, there, or in both.
        yield from self._local.files()
        for area in AREAS:
            for key, found in self._bucket.listed(f"{area}/"):
                yield StoredFile(MediaKey(key), found["Size"], found["LastModified"])

    def _send(self, source: Path, key: MediaKey) -> None:
        with answers():
            self._bucket.client.upload_file(
                Filename=str(source), **self._bucket.at(key), Config=TRANSFER
            )

    def _size(self, key: MediaKey) -> int:
        return int(self._bucket.ask("head_object", key)["ContentLength"])
