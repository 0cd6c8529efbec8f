"""A sandbox that knows beforehand what it will find."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from videohub_core.videos.entities import MediaInfo, MediaKey

INFO = MediaInfo(duration=2.0, width=320, height=180)


@dataclass(frozen=True)
class FakeMedia:
    """What a file holds; `errors` says what a step raises instead, by its name."""

    info: MediaInfo = INFO
    video: bytes = b"a video"
    poster: bytes | None = b"a poster"
    errors: Mapping[str, Exception] = field(default_factory=dict)


class FakeMediaSandbox:
    """`MediaSandbox` that finds a good video under every key but those in `found`."""

    def __init__(self, work_folder: Path) -> None:
        self._work_folder = work_folder
        self.found: dict[MediaKey, FakeMedia] = {}

    @contextmanager
    def open(self, original: MediaKey, job: str) -> Iterator[FakeSandboxedMedia]:
        folder = self._work_folder / job
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield FakeSandboxedMedia(self.found.get(original, FakeMedia()), folder)
        finally:
            shutil.rmtree(folder)


class FakeSandboxedMedia:
    def __init__(self, media: FakeMedia, folder: Path) -> None:
        self._media = media
        self._folder = folder

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

    def _fail_if_told(self, step: str) -> None:
        if step in self._media.errors:
            raise self._media.errors[step]
