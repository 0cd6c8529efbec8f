"""Clips that ffmpeg draws from formulas, for a hub that has nothing to show yet."""

from __future__ import annotations

import subprocess
from pathlib import Path

from adapters.media import ffmpeg

_SECONDS_MOST = 120
_FADE = 0.5


class CannotDraw(RuntimeError):
    """ffmpeg did not make the clip; the message is what it said."""


def draw(graph: str, seconds: float, path: Path) -> None:
    """Write an MP4 of a filter graph's outputs `out0`, pictures, and `out1`, sound.

    Raise CannotDraw, or any other RuntimeError if there is no ffmpeg.
    Unlike what members bring, the graph is our own: ffmpeg runs as it is.
    """
    fades = f"afade=in:d={_FADE},afade=out:st={seconds - _FADE}:d={_FADE}"
    pictures = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-pix_fmt", "yuv420p")
    command = (
        *(ffmpeg.program()[0], "-nostdin", "-v", "error", "-y"),
        # One core a clip: several are drawn at once.
        *("-f", "lavfi", "-i", graph, "-t", str(seconds), "-threads", "1"),
        *(*pictures, "-g", "48", "-af", fades, "-c:a", "aac", "-b:a", "96k"),
        *("-movflags", "faststart", str(path)),
    )
    done = subprocess.run(  # nosec B603 - our own arguments, no shell
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS_MOST,
        check=False,
    )
    if done.returncode:
        raise CannotDraw(done.stderr.strip() or f"ffmpeg ended with {done.returncode}.")
