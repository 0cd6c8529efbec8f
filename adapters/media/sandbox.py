"""Untrusted files are opened in a child process, and its answers are not trusted either.

Each open file has a child and a folder of its own, both gone when the context ends:
`<work folder>/<job>/original` is lent for reading, `made` takes what the child writes.
"""

from __future__ import annotations

import contextlib
import math
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from adapters.media import answers, ffmpeg
from adapters.media.child_process import Child, SandboxDied
from adapters.media.confinement import Limits
from adapters.media.encoding import (
    ENCODING_MEMORY_MOST,
    ENCODING_TIME_LEAST,
    ENCODING_TIMES_SLOWER,
    encode,
    made_file,
)
from adapters.media.job_folder import MADE, ORIGINAL, PLAYABLE, POSTER
from adapters.media.playable_file import PlayableFile
from adapters.media.recipe import THREADS, Recipe
from videohub_core.shared.errors import OutOfSpace
from videohub_core.videos.entities import MediaInfo, MediaKey
from videohub_core.videos.errors import REFUSALS, MediaRefused
from videohub_core.videos.ports import (
    MadeStoryboard,
    PlayableMedia,
    SandboxedMedia,
    Watch,
)

DURATION_MOST = 12 * 3600.0
STEP_TIME_MOST = 600.0
MEMORY_MOST = 2 * 1024**3
"""Address space, of which the libraries of libav alone take some 300 MiB."""

ENCODED_BYTES_PER_SECOND = 2 * 1024**2

ROOM_LEAST = 32 * 1024**2
"""With less room than this on the disk, a child that died is taken to have died of it."""
PLAYABLE_MARGIN = 64 * 1024**2
"""How much an MP4 may be larger than its original: for an index of twelve hours."""
POSTER_MOST = 8 * 1024**2
_UNASKED = object()


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
    def open(
        self, original: MediaKey, job: str, watch: Watch = ffmpeg.unwatched
    ) -> Iterator[SandboxedMedia]:
        with self._folder(job, original) as folder, self._child(folder, watch) as child:
            yield _ChildMedia(
                child, folder, watch, self._duration_most, self._time_most, _size_most(folder)
            )

    @contextlib.contextmanager
    def open_playable(
        self, video_file: MediaKey, job: str, watch: Watch = ffmpeg.unwatched
    ) -> Iterator[PlayableMedia]:
        with self._folder(job, video_file) as folder, self._child(folder, watch) as child:
            answer = child.ask({"step": "describe"}, self._time_most)
            yield PlayableFile(folder, watch, answers.described(answer, self._duration_most))

    @contextlib.contextmanager
    def _child(self, folder: Path, watch: Watch) -> Iterator[Child]:
        child = Child(folder, watch)
        try:
            child.start(self._setup(_size_most(folder)))
            yield child
        finally:
            child.end()

    def clear(self) -> None:
        """Delete what earlier processes left behind. Nobody else may be at work here."""
        shutil.rmtree(self._work_folder, ignore_errors=True)

    @contextlib.contextmanager
    def _folder(self, job: str, lent: MediaKey) -> Iterator[Path]:
        """Return a folder with a file in it that is gone, like what is made, at the end."""
        folder = self._work_folder / job
        if folder.exists():
            # An earlier attempt was killed before it could clear away.
            shutil.rmtree(folder)
        try:
            folder.mkdir(parents=True, mode=0o700)
            (folder / MADE).mkdir()
            self._media.lend(lent, folder / ORIGINAL)
            yield folder
        except SandboxDied as died:
            # A full disk ends a child like a fault of its own would; it is not the file's
            # fault, and passes.
            if shutil.disk_usage(folder).free < ROOM_LEAST:
                raise OutOfSpace from died
            raise
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
        watch: Watch,
        duration_most: float,
        time_most: float,
        output_most: int,
    ) -> None:
        self._child = child
        self._folder = folder
        self._watch = watch
        self._made = folder / MADE
        self._duration_most = duration_most
        self._time_most = time_most
        self._output_most = output_most
        self._recipe: Recipe | None = None
        self._has_poster: bool | None = None
        self._storyboard: object = _UNASKED

    def probe(self) -> MediaInfo:
        answer = self._ask("probe")
        info, recipe = answer.get("info"), answer.get("recipe")
        if not isinstance(info, dict):
            raise SandboxDied("The child did not say what the file holds.")
        if recipe is not None:
            self._recipe = answers.recipe(recipe)
        if self._recipe and self._recipe.transfer and not ffmpeg.can_tone_map():
            raise MediaRefused("hdr_not_supported")
        return MediaInfo(
            duration=answers.duration(info.get("duration"), self._duration_most),
            width=answers.side(info.get("width")),
            height=answers.side(info.get("height")),
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

    def storyboard(self) -> MadeStoryboard | None:
        if self._storyboard is _UNASKED:
            self._storyboard = self._ask("storyboard").get("storyboard")
        return answers.storyboard(self._storyboard, self._made, self._duration_most)

    def _encode(self, recipe: Recipe) -> Path:
        measured = self._ask("measure").get("seconds")
        seconds = math.ceil(answers.duration(measured, self._duration_most))
        time_most = ENCODING_TIME_LEAST + ENCODING_TIMES_SLOWER * seconds
        limits = Limits(
            memory=ENCODING_MEMORY_MOST,
            cpu=math.ceil(time_most * THREADS),
            output=self._output_most + ENCODED_BYTES_PER_SECOND * seconds,
        )
        # Sound may outlast the pictures by a packet; nothing else should be cut off.
        arguments = recipe.arguments(seconds + 1)
        encode(self._folder, arguments, limits, time_most, self._watch, seconds)
        checked = self._ask("check")
        self._has_poster = checked.get("made") is True
        self._storyboard = checked.get("storyboard")
        return made_file(self._made / PLAYABLE, limits.output)

    def _ask(self, step: str) -> Mapping[str, Any]:
        answer = self._child.ask({"step": step}, self._time_most)
        reason = answer.get("refused")
        if isinstance(reason, str) and reason in REFUSALS:
            raise MediaRefused(reason)
        if "failed" in answer:
            raise SandboxDied(f"The child failed to {step}: {answer['failed']!r}")
        return answer


def _size_most(folder: Path) -> int:
    """Return how large an MP4 of the file in the folder may be."""
    return (folder / ORIGINAL).stat().st_size + PLAYABLE_MARGIN
