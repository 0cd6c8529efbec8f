"""Untrusted files are opened in a child process, and its answers are not trusted either.

Each open file has a child and a folder of its own, both gone when the context ends:
`<work folder>/<job>/original` is lent for reading, `made` takes what the child writes.
"""

from __future__ import annotations

import contextlib
import errno
import math
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from adapters.media import ffmpeg
from adapters.media.child_process import Child, SandboxDied
from adapters.media.confinement import Limits
from adapters.media.job_folder import MADE, ORIGINAL, PLAYABLE, POSTER
from adapters.media.recipe import THREADS, Recipe
from videohub_core.shared.errors import OutOfSpace
from videohub_core.videos.entities import MediaInfo, MediaKey
from videohub_core.videos.errors import REFUSALS, MediaRefused
from videohub_core.videos.ports import SandboxedMedia

DURATION_MOST = 12 * 3600.0
STEP_TIME_MOST = 600.0
MEMORY_MOST = 2 * 1024**3
"""Address space, of which the libraries of libav alone take some 300 MiB."""

ENCODING_MEMORY_MOST = 4 * 1024**3
"""The largest pictures take 50 MB each, twice that beyond 8 bits, and decoders keep some
twenty."""
ENCODING_TIME_LEAST = 60.0
ENCODING_TIMES_SLOWER = 20
ENCODED_BYTES_PER_SECOND = 2 * 1024**2

SIDE_MOST = 65_536
ROOM_LEAST = 32 * 1024**2
"""With less room than this on the disk, a child that died is taken to have died of it."""
PLAYABLE_MARGIN = 64 * 1024**2
"""How much an MP4 may be larger than its original: for an index of twelve hours."""
POSTER_MOST = 8 * 1024**2

_OURS = {1, 8, 126, 127, 187}
"""Exit statuses that blame the installation: a crash in Python, a missing filter or codec,
an encoder that does not start (AVERROR_EXTERNAL)."""
_SYSTEM = {
    256 - number
    for number in (
        *(errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
        *(errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM, errno.EAGAIN),
    )
}
"""Exit statuses that blame the system: ffmpeg ends with the negative error number."""


class Lender(Protocol):
    """What the sandbox needs of `MediaStore`."""

    def lend(self, key: MediaKey, to: Path) -> None: ...


class ChildProcessSandbox:
    """`MediaSandbox` with one confined child process for each file."""

    def __init__(
        self,
        work_folder: Path,
        media: Lender,
        *,
        duration_most: float = DURATION_MOST,
        time_most: float = STEP_TIME_MOST,
        memory_most: int = MEMORY_MOST,
    ) -> None:
        self._work_folder = work_folder
        self._media = media
        self._duration_most = duration_most
        self._time_most = time_most
        self._memory_most = memory_most

    @contextlib.contextmanager
    def open(self, original: MediaKey, job: str) -> Iterator[SandboxedMedia]:
        with self._folder(job) as folder:
            self._media.lend(original, folder / ORIGINAL)
            output_most = (folder / ORIGINAL).stat().st_size + PLAYABLE_MARGIN
            child = Child(folder)
            try:
                child.start(self._setup(output_most))
                yield _ChildMedia(
                    child, folder, self._duration_most, self._time_most, output_most
                )
            except SandboxDied as died:
                # A full disk ends the child like a fault of its own would; it is not
                # the file's fault, and passes.
                if shutil.disk_usage(folder).free < ROOM_LEAST:
                    raise OutOfSpace from died
                raise
            finally:
                child.end()

    def clear(self) -> None:
        """Delete what earlier processes left behind. Nobody else may be at work here."""
        shutil.rmtree(self._work_folder, ignore_errors=True)

    @contextlib.contextmanager
    def _folder(self, job: str) -> Iterator[Path]:
        folder = self._work_folder / job
        if folder.exists():
            # An earlier attempt was killed before it could clear away.
            shutil.rmtree(folder)
        try:
            folder.mkdir(parents=True, mode=0o700)
            (folder / MADE).mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _setup(self, output_most: int) -> Mapping[str, Any]:
        return {
            "memory": self._memory_most,
            "cpu": math.ceil(self._time_most),
            "output": output_most,
            "duration": self._duration_most,
        }


class _ChildMedia:
    """`SandboxedMedia` in a child."""

    def __init__(
        self,
        child: Child,
        folder: Path,
        duration_most: float,
        time_most: float,
        output_most: int,
    ) -> None:
        self._child = child
        self._folder = folder
        self._made = folder / MADE
        self._duration_most = duration_most
        self._time_most = time_most
        self._output_most = output_most
        self._recipe: Recipe | None = None
        self._has_poster: bool | None = None

    def probe(self) -> MediaInfo:
        answer = self._ask("probe")
        info, recipe = answer.get("info"), answer.get("recipe")
        if not isinstance(info, dict):
            raise SandboxDied("The child did not say what the file holds.")
        if recipe is not None:
            self._recipe = _recipe(recipe)
        if self._recipe and self._recipe.transfer and not ffmpeg.can_tone_map():
            raise MediaRefused("hdr_not_supported")
        return MediaInfo(
            duration=self._duration(info.get("duration")),
            width=_side(info.get("width")),
            height=_side(info.get("height")),
        )

    def make_playable(self) -> Path:
        if self._recipe is not None:
            return self._encode(self._recipe)
        if self._ask("remux").get("made") is not True:
            raise SandboxDied("The child did not write the video.")
        return made_file(self._made / PLAYABLE, self._output_most)

    def poster(self) -> Path | None:
        if self._has_poster is None:
            self._has_poster = self._ask("poster").get("made") is True
        return made_file(self._made / POSTER, POSTER_MOST) if self._has_poster else None

    def _encode(self, recipe: Recipe) -> Path:
        seconds = math.ceil(self._duration(self._ask("measure").get("seconds")))
        time_most = ENCODING_TIME_LEAST + ENCODING_TIMES_SLOWER * seconds
        limits = Limits(
            memory=ENCODING_MEMORY_MOST,
            cpu=math.ceil(time_most * THREADS),
            output=self._output_most + ENCODED_BYTES_PER_SECOND * seconds,
        )
        # Sound may outlast the pictures by a packet; nothing else should be cut off.
        arguments = recipe.arguments(seconds + 1)
        try:
            status, said = ffmpeg.run(self._folder, arguments, limits, time_most)
        except ffmpeg.TookTooLong as error:
            raise SandboxDied("ffmpeg took too long.") from error
        if status < 0 or status in _OURS | _SYSTEM:
            raise SandboxDied(f"ffmpeg ended with {status}; it said {said!r}.")
        if status > 0:
            raise MediaRefused("damaged")
        self._has_poster = self._ask("check").get("made") is True
        return made_file(self._made / PLAYABLE, limits.output)

    def _ask(self, step: str) -> Mapping[str, Any]:
        answer = self._child.ask({"step": step}, self._time_most)
        reason = answer.get("refused")
        if isinstance(reason, str) and reason in REFUSALS:
            raise MediaRefused(reason)
        if "failed" in answer:
            raise SandboxDied(f"The child failed to {step}: {answer['failed']!r}")
        return answer

    def _duration(self, value: object) -> float:
        if not isinstance(value, float) or not 0 < value <= self._duration_most:
            raise SandboxDied("The child named an impossible duration.")
        return value


def _recipe(answer: object) -> Recipe:
    try:
        return Recipe.checked(answer if isinstance(answer, dict) else {})
    except (TypeError, ValueError) as error:
        raise SandboxDied("The child named a recipe that cannot be.") from error


def _side(value: object) -> int:
    # JSON's true is an int to Python.
    if type(value) is not int or not 0 < value <= SIDE_MOST:
        raise SandboxDied("The child named an impossible size.")
    return value


def made_file(path: Path, most: int) -> Path:
    """Return the path if it is a plain file of its own, of a size that can be."""
    try:
        found = path.lstat()
    except OSError as error:
        raise SandboxDied("The child did not write what it said.") from error
    plain = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
    if not plain or not 0 < found.st_size <= most:
        raise SandboxDied("The child wrote something else than a file that can be.")
    return path
