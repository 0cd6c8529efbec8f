"""One file's way into the hub, through the same use cases as any other upload."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Any

from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import UploadId, VideoId
from videohub_core.videos.entities import Origin, VideoDetails
from videohub_core.videos.errors import AlreadyImported, EmptyFile

log = logging.getLogger(__name__)

BLOCK = 4 << 20

Step = Callable[[int], None]
"""Called with the number of bytes after each block; what it raises ends the sending."""


class Unreadable(Exception):
    """The file cannot be read; the message says why."""


class Changed(Exception):
    """The file became shorter or longer while it was read."""


def digest_of(path: Path, step: Step) -> tuple[str, int]:
    """Return the file's SHA-256 and its length; raise Unreadable."""
    found, length = hashlib.sha256(), 0
    with _opened(path) as file:
        for block in _blocks(file):
            found.update(block)
            length += len(block)
            step(len(block))
    return found.hexdigest(), length


def send(
    container: Any,
    actor: Actor,
    path: Path,
    details: VideoDetails,
    origin: Callable[[str], Origin],
    step: Step,
) -> VideoId:
    """Make a video of the file; `origin` gets the SHA-256 of the bytes that were sent.

    Whatever is raised, no part of the file stays behind, save what the sweep of unfinished
    uploads takes away: the upload, if the process or the database ends in between.
    """
    with _opened(path) as file:
        length = os.fstat(file.fileno()).st_size
        if not length:
            raise EmptyFile
        upload_id = container.start_upload()(actor=actor, length=length)
        try:
            digest = _append(container, upload_id, file, length, step)
            container.finish_upload()(actor=actor, upload_id=upload_id)
        except BaseException:
            _discard(container, actor, upload_id)
            raise
    try:
        made = container.create_video()(
            actor=actor, upload_id=upload_id, details=details, origin=origin(digest)
        )
    except AlreadyImported:
        # After any other error the bytes may be a video's: a commit's answer can get lost.
        _discard(container, actor, upload_id)
        raise
    return VideoId(made.id)


def _append(container: Any, upload_id: UploadId, file: FileIO, length: int, step: Step) -> str:
    found = hashlib.sha256()
    offset = 0
    for block in _blocks(file):
        if offset + len(block) > length:
            raise Changed
        offset = container.append_to_upload()(upload_id=upload_id, offset=offset, data=block)
        found.update(block)
        step(len(block))
    if offset != length:
        raise Changed
    return found.hexdigest()


def _discard(container: Any, actor: Actor, upload_id: UploadId) -> None:
    try:
        container.discard_upload()(actor=actor, upload_id=upload_id)
    except (Unavailable, OSError):
        log.warning("an unfinished upload is left to the sweep")


def _opened(path: Path) -> FileIO:
    try:
        return path.open("rb", buffering=0)
    except OSError as error:
        raise Unreadable(error.strerror) from error


def _blocks(file: FileIO) -> Iterator[bytes]:
    try:
        yield from iter(partial(file.read, BLOCK), b"")
    except OSError as error:
        raise Unreadable(error.strerror) from error
