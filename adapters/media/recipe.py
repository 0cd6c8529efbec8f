"""What ffmpeg is to make of a file, as numbers and choices of ours: no text of the file's.

`ffmpeg`, `ffmpeg-filters` and `ffmpeg-codecs`. Pictures keep their own times, but for those
beyond 120 a second; sound fills its gaps with silence, so that both stay together.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from adapters.media.formats import INPUT_OPTIONS, PIXELS_MOST, SIDE_MOST, TRANSFERS
from adapters.media.job_folder import MADE, ORIGINAL, PLAYABLE

SHORT_SIDE_MOST = 1080
LONG_SIDE_MOST = 3840
RATE_MOST = 120
THREADS = min(os.cpu_count() or 1, 4)
BITS_MOST = 10_000_000
STREAMS_MOST = 1000
"""As many as libav opens."""

CLOCK = 90_000
_TONE = (
    # Many files name the curve only; then these are the colours that go with it.
    "setparams=color_trc={}:color_primaries=bt2020:colorspace=bt2020nc:range=tv",
    "zscale=t=linear:npl=100",
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=mobius:desat=0",
    "zscale=t=bt709:m=bt709:r=limited",
)


@dataclass(frozen=True)
class Recipe:
    """Which streams, and what becomes of them.

    `width` and `height` are those of the result; `transfer` is the curve of pictures with
    high dynamic range.
    """

    pictures: int
    sound: int | None
    copy_pictures: bool
    width: int
    height: int
    interlaced: bool = False
    rgb: bool = False
    transfer: str | None = None

    @classmethod
    def checked(cls, answer: Mapping[str, Any]) -> Self:
        """Return what the child found, or raise ValueError if it cannot be."""
        recipe = cls(**answer)
        counts = [recipe.pictures, recipe.width, recipe.height]
        counts += [] if recipe.sound is None else [recipe.sound]
        # JSON's true is an int to Python.
        if any(type(count) is not int for count in counts):
            raise ValueError("A count is not a number.")
        streams = [count for count in (recipe.pictures, recipe.sound) if count is not None]
        sides = [recipe.width, recipe.height]
        choices = [recipe.copy_pictures, recipe.interlaced, recipe.rgb]
        if (
            not all(0 <= stream < STREAMS_MOST for stream in streams)
            or not all(0 < side <= SIDE_MOST for side in sides)
            or not all(type(choice) is bool for choice in choices)
            or recipe.transfer not in (None, *TRANSFERS.values())
        ):
            raise ValueError("There is no such recipe.")
        return recipe

    def arguments(self, seconds: int) -> list[str]:
        """Return ffmpeg's arguments; the result lasts no longer than `seconds`."""
        maps = ["-map", f"0:{self.pictures}"]
        sound = []
        if self.sound is not None:
            maps += ["-map", f"0:{self.sound}"]
            sound = [
                *("-c:a", "aac", "-b:a", "160k", "-ac", "2", "-ar", "48000"),
                *("-af", "aresample=48000:async=1:first_pts=0"),
            ]
        return [
            *("-nostdin", "-hide_banner", "-v", "error", "-y"),
            *(word for name, value in INPUT_OPTIONS.items() for word in (f"-{name}", value)),
            *("-max_pixels", str(PIXELS_MOST), "-threads", str(THREADS)),
            *("-i", f"file:{ORIGINAL}"),
            *maps,
            *("-sn", "-dn", "-map_chapters", "-1", "-map_metadata", "-1"),
            *("-map_metadata:s:v", "-1", "-map_metadata:s:a", "-1"),
            *(["-c:v", "copy"] if self.copy_pictures else self._pictures()),
            *sound,
            *("-t", str(seconds), "-fflags", "+bitexact", "-flags", "+bitexact"),
            *("-movflags", "+faststart", "-video_track_timescale", str(CLOCK)),
            *("-f", "mp4", f"file:{MADE}/{PLAYABLE}"),
        ]

    def _pictures(self) -> list[str]:
        return [
            *("-vf", ",".join(self._filters()), "-filter_threads", str(THREADS)),
            *("-fps_mode", "vfr", "-enc_time_base", f"1:{CLOCK}"),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high"),
            *("-maxrate", str(BITS_MOST), "-bufsize", str(2 * BITS_MOST)),
            *("-force_key_frames", "expr:gte(t,n_forced*2)", "-threads:v", str(THREADS)),
        ]

    def _filters(self) -> list[str]:
        # Of colours that are not stored as brightness and difference nobody knows how.
        matrix = ":out_color_matrix=bt709" if self.rgb else ""
        tone = [step.format(self.transfer) for step in _TONE] if self.transfer else []
        return [
            spaced(RATE_MOST),
            *(["bwdif=mode=send_frame:deint=interlaced"] if self.interlaced else []),
            f"scale={self.width}:{self.height}:out_range=tv{matrix}",
            "setsar=1",
            *tone,
            "format=yuv420p",
        ]


def spaced(rate_most: int) -> str:
    """Return the filter that leaves out pictures beyond so many a second."""
    return f"select=isnan(prev_selected_t)+gte(t-prev_selected_t\\,{1 / (rate_most + 1):.6f})"


def fit(width: int, height: int) -> tuple[int, int]:
    """Return the size of the result: no larger, even, and within what screens show."""
    shrink = min(
        Fraction(1),
        Fraction(SHORT_SIDE_MOST, min(width, height)),
        Fraction(LONG_SIDE_MOST, max(width, height)),
    )
    return _even(width * shrink), _even(height * shrink)


def _even(side: Fraction) -> int:
    return max(int(side) // 2 * 2, 2)
