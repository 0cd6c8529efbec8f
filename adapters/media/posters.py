"""Posters that members choose, made in a child of the web process while they wait."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from adapters.media.child_process import Child, SandboxDied
from adapters.media.encoding import made_file
from adapters.media.job_folder import MADE, ORIGINAL, POSTER
from adapters.media.sandbox import DURATION_MOST, POSTER_MOST, ROOM_LEAST
from videohub_core.shared.errors import OutOfSpace, Unavailable
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import PICTURE_REFUSALS, PictureRefused

_log = logging.getLogger(__name__)

MEMORY_MOST = 1536 * 1024**2
"""Address space: 300 MiB for libav, 512 for the deepest colours of the largest picture."""
STEP_TIME_MOST = 20.0
CPU_MOST = 30
WAIT_MOST = 5.0
AT_ONCE = 2
WAITING_MOST = 4
"""Whoever waits holds a thread of the web process."""
FETCH_GLADLY = 128 << 20
FETCH_MOST = 512 << 20
_LEFT_BEHIND = 3600.0


class Fetcher(Protocol):
    """What the maker needs of `MediaStore`."""

    def fetch(self, key: MediaKey, to: Path, *, size_most: int) -> bool: ...


class ChildProcessPosters:
    """`PosterMaker` with one confined child process for each poster."""

    def __init__(
        self,
        work_folder: Path,
        media: Fetcher,
        *,
        at_once: int = AT_ONCE,
        waiting_most: int = WAITING_MOST,
        wait_most: float = WAIT_MOST,
    ) -> None:
        self._work_folder = work_folder
        self._media = media
        self._turns = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting_most)
        self._wait_most = wait_most

    def of_frame(
        self, videos: Sequence[MediaKey], at: float
    ) -> contextlib.AbstractContextManager[Path]:
        return self._making("frame", lambda original: self._fetch(videos, original), at)

    def of_picture(self, picture: bytes) -> contextlib.AbstractContextManager[Path]:
        return self._making("picture", lambda original: _write(picture, original))

    @contextlib.contextmanager
    def _making(
        self, step: str, put: Callable[[Path], object], at: float = 0.0
    ) -> Iterator[Path]:
        with self._turn(), self._folder() as folder:
            put(folder / ORIGINAL)
            try:
                made = self._made(folder, step, at)
            except SandboxDied as died:
                if shutil.disk_usage(folder).free < ROOM_LEAST:
                    raise OutOfSpace from died
                _log.warning("A poster could not be made: %s", died)
                raise Unavailable from died
            yield made

    def _made(self, folder: Path, step: str, at: float) -> Path:
        child = Child(folder)
        try:
            child.start(
                {
                    "memory": MEMORY_MOST,
                    "cpu": CPU_MOST,
                    "output": POSTER_MOST,
                    "duration": DURATION_MOST,
                    "at": at,
                }
            )
            answer = child.ask({"step": step}, STEP_TIME_MOST)
        finally:
            child.end()
        reason = answer.get("refused")
        if isinstance(reason, str):
            raise PictureRefused(reason if reason in PICTURE_REFUSALS else "no_frame")
        if answer.get("made") is not True:
            raise SandboxDied(f"The child failed to make a poster: {answer!r}")
        return made_file(folder / MADE / POSTER, POSTER_MOST)

    def _fetch(self, videos: Sequence[MediaKey], original: Path) -> None:
        for video in videos:
            if self._media.fetch(video, original, size_most=FETCH_GLADLY):
                return
        if not self._media.fetch(videos[-1], original, size_most=FETCH_MOST):
            raise Unavailable("The video is too large for this, so far. Send a picture.")

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with _held(self._places, 0.0), _held(self._turns, self._wait_most):
            yield

    @contextlib.contextmanager
    def _folder(self) -> Iterator[Path]:
        self._work_folder.mkdir(parents=True, exist_ok=True)
        self._clear()
        with tempfile.TemporaryDirectory(dir=self._work_folder) as name:
            folder = Path(name)
            (folder / MADE).mkdir()
            yield folder

    def _clear(self) -> None:
        """Delete what killed processes left: a file lent to them takes room while it is."""
        oldest = time.time() - _LEFT_BEHIND
        for left in self._work_folder.iterdir():
            with contextlib.suppress(OSError):
                if left.stat().st_mtime < oldest:
                    shutil.rmtree(left)


@contextlib.contextmanager
def _held(turns: threading.BoundedSemaphore, wait_most: float) -> Iterator[None]:
    if not turns.acquire(timeout=wait_most):
        raise Unavailable("Too many posters are being made. Try again shortly.")
    try:
        yield
    finally:
        turns.release()


def _write(picture: bytes, original: Path) -> None:
    try:
        original.write_bytes(picture)
    except OSError as error:
        raise OutOfSpace from error
