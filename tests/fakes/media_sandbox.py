"""A sandbox that knows beforehand what it will find."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from videohub_core.videos.entities import MediaInfo, MediaKey
from videohub_core.videos.ports import (
    MadeRendition,
    MadeStoryboard,
    MediaSegments,
    Rung,
    Watch,
)


def unwatched(_progress: float | None) -> None:
    """Watch nothing."""


INFO = MediaInfo(duration=2.0, width=320, height=180)


@dataclass(frozen=True)
class FakeMedia:
    """What a file holds; `errors` says what a step raises instead, by its name."""

    info: MediaInfo = INFO
    video: bytes = b"a video"
    poster: bytes | None = b"a poster"
    sheets: tuple[bytes, ...] = (b"a sheet",)
    can_be_copied: bool = True
    has_sound: bool = True
    rates: Mapping[str, int] = field(default_factory=dict)
    """Bits a second of renditions by their names, where they are not the rung's."""
    errors: Mapping[str, Exception] = field(default_factory=dict)


class FakeMediaSandbox:
    """`MediaSandbox` that finds a good video under every key but those in `found`."""

    def __init__(self, work_folder: Path) -> None:
        self._work_folder = work_folder
        self.found: dict[MediaKey, FakeMedia] = {}
        self.playable = FakeMedia()

    @contextmanager
    def open(
        self, original: MediaKey, job: str, watch: Watch = unwatched
    ) -> Iterator[FakeSandboxedMedia]:
        with self._folder(job) as folder:
            yield FakeSandboxedMedia(self.found.get(original, FakeMedia()), folder, watch)

    @contextmanager
    def open_playable(
        self, video_file: MediaKey, job: str, watch: Watch = unwatched
    ) -> Iterator[FakePlayableMedia]:
        with self._folder(job) as folder:
            yield FakePlayableMedia(self.found.get(video_file, self.playable), folder, watch)

    @contextmanager
    def _folder(self, job: str) -> Iterator[Path]:
        folder = self._work_folder / job
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


class FakeSandboxedMedia:
    def __init__(self, media: FakeMedia, folder: Path, watch: Watch) -> None:
        self._media = media
        self._folder = folder
        self._watch = watch

    def probe(self) -> MediaInfo:
        self._fail_if_told("probe")
        return self._media.info

    def make_playable(self) -> Path:
        self._fail_if_told("make_playable")
        made = self._folder / "playable.mp4"
        made.write_bytes(self._media.video)
        return made

    def poster(self) -> Path | None:
        self._fail_if_told("poster")
        if self._media.poster is None:
            return None
        made = self._folder / "poster.jpg"
        made.write_bytes(self._media.poster)
        return made

    def storyboard(self) -> MadeStoryboard | None:
        self._fail_if_told("storyboard")
        sheets = []
        for number, sheet in enumerate(self._media.sheets, 1):
            made = self._folder / f"storyboard-{number}.webp"
            made.write_bytes(sheet)
            sheets.append(made)
        if not sheets:
            return None
        return MadeStoryboard(tuple(sheets), 10, 10, 160, 90, 100 * len(sheets), 0.5)

    def _fail_if_told(self, step: str) -> None:
        self._watch(None)
        if step in self._media.errors:
            raise self._media.errors[step]


class FakePlayableMedia:
    def __init__(self, media: FakeMedia, folder: Path, watch: Watch) -> None:
        self._media = media
        self._folder = folder
        self._watch = watch

    def copy(self, rung: Rung) -> Sequence[MadeRendition]:
        self._fail_if_told("copy")
        made = [self._made(rung)] if self._media.can_be_copied else []
        if self._media.has_sound:
            made.append(self._made(Rung("audio", 0, 0, 128_000)))
        return made

    def render(self, rungs: Sequence[Rung]) -> Sequence[MadeRendition]:
        self._watch(0.5)
        self._fail_if_told("render")
        return [self._made(rung) for rung in rungs]

    def _made(self, rung: Rung) -> MadeRendition:
        file = self._folder / f"{rung.name}.mp4"
        file.write_bytes(rung.name.encode())
        bits = self._media.rates.get(rung.name, rung.bits)
        segments = MediaSegments(1, ((2.0, len(rung.name) - 1),))
        return MadeRendition(
            rung.name, file, segments, bits, bits, "avc1.640028", rung.width, rung.height
        )

    def _fail_if_told(self, step: str) -> None:
        if step in self._media.errors:
            raise self._media.errors[step]
