"""What tests of the media sandbox share."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import av
import psutil

from tests.waiting import eventually
from videohub_core.videos.entities import MediaInfo, MediaKey


class Lent:
    """Lends the files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lend(self, key: MediaKey, to: Path) -> None:
        os.link(self._folder / key, to)


class LentPipe:
    """Lends a pipe that nobody writes to: whoever opens it waits."""

    def lend(self, _key: MediaKey, to: Path) -> None:
        os.mkfifo(to)


def is_gone(process: psutil.Process) -> bool:
    # Where nobody waits for orphans, they stay as zombies.
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() == psutil.STATUS_ZOMBIE
    return True


class Made:
    """What the sandbox made of one file, copied out before it is gone."""

    def __init__(self, info: MediaInfo, video: Path, poster: Path | None) -> None:
        self.info = info
        self.video = video
        self.poster = poster


def boxes(path: Path) -> list[str]:
    """Return the types of an MP4's outermost boxes (ISO/IEC 14496-12, 4.2)."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        found.append(data[at + 4 : at + 8].decode())
        at += size
    return found


def decode(path: Path) -> tuple[list[float], list[float]]:
    """Return the times of all pictures and of all sound."""
    with av.open(str(path)) as container:
        pictures = [frame.time for frame in container.decode(video=0)]
        container.seek(0)
        sound = [f.time for f in container.decode(audio=0)] if container.streams.audio else []
    return pictures, sound


def child_of(pid: int, named: str = "adapters.media.child") -> psutil.Process:
    """Return the media child of a process, which may have others."""

    def find() -> list[psutil.Process]:
        found = psutil.Process(pid).children()
        return [child for child in found if named in " ".join(child.cmdline())]

    (child,) = eventually(find)
    return child
