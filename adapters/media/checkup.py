"""What this installation has to open untrusted files with, for the operator."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import av

from adapters.media import ffmpeg
from adapters.media.child_process import Child
from adapters.media.confinement import Limits
from adapters.media.job_folder import MADE, ORIGINAL

FLOORS = {(7, 1): 5, (8, 0): 3, (8, 1): 2}
"""The first safe release of each branch of ffmpeg; newer branches are safe from the start."""

_MEMORY = 2 * 1024**3
_SECONDS = 30


@dataclass(frozen=True)
class MediaCheck:
    """Versions, whether ffmpeg starts when locked in, and which locks the kernel has."""

    ffmpeg: str
    libav: str
    starts: bool
    tone_maps: bool
    confined: Mapping[str, bool]

    @property
    def ffmpeg_is_safe(self) -> bool:
        return is_safe(self.ffmpeg)

    @property
    def libav_is_safe(self) -> bool:
        return is_safe(self.libav)


def check_media() -> MediaCheck:
    with tempfile.TemporaryDirectory() as folder:
        confined = confinement(Path(folder) / "child")
        there = ffmpeg.is_there()
        starts = there and _starts(Path(folder) / "ffmpeg")
    return MediaCheck(
        ffmpeg=ffmpeg.version() if there else "",
        libav=av.ffmpeg_version_info,
        starts=starts,
        tone_maps=there and ffmpeg.can_tone_map(),
        confined=confined,
    )


def is_safe(version: str) -> bool:
    """Whether no fault is known in this release that a file could use."""
    found = re.match(r"n?(\d+)\.(\d+)(?:\.(\d+))?", version)
    if found is None:
        return False
    major, minor, patch = (int(part or 0) for part in found.groups())
    if (major, minor) in FLOORS:
        return patch >= FLOORS[major, minor]
    return (major, minor) > max(FLOORS)


def confinement(folder: Path) -> Mapping[str, bool]:
    """Return which parts of the confinement a child gets here."""
    _prepare(folder)
    child = Child(folder)
    try:
        setup = {"memory": _MEMORY, "cpu": _SECONDS, "output": 1024, "duration": 1.0}
        return child.start(setup)
    finally:
        child.end()


def _starts(folder: Path) -> bool:
    _prepare(folder)
    limits = Limits(memory=_MEMORY, cpu=_SECONDS, output=1024)
    return ffmpeg.run(folder, ["-version"], limits, _SECONDS)[0] == 0


def _prepare(folder: Path) -> None:
    (folder / MADE).mkdir(parents=True, exist_ok=True)
    (folder / ORIGINAL).touch()
