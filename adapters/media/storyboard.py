"""Small pictures of the video at even distances, ten by ten on WebP sheets.

Runs in the sandbox's child only. Filters: `ffmpeg-filters`, sections tile, transpose.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from adapters.media.job_folder import COLUMNS, COUNT_MOST, ROWS, SHEET
from adapters.media.probe import (
    clockwise,
    decoder,
    first_video,
    open_original,
    packets,
    squeeze,
)
from adapters.media.still import TURNS, encoded, filtered

FINEST_SECONDS = 2.0

_SHORT_SIDE = 90
_LONG_SIDE_MOST = 240
_QUALITY = 60
_THREADS = 2
_DECODED_MOST = 3000
"""How many pictures are decoded besides those that stand alone. Beyond, or where these are
close enough, they will do."""


def make_storyboard(source: Path, folder: Path, duration: float) -> dict[str, Any] | None:
    """Write the sheets; return what they hold, None if no picture decodes."""
    count = min(max(math.ceil(duration / FINEST_SECONDS), 1), COUNT_MOST)
    interval = duration / count
    with open_original(source) as container:
        video = first_video(container)
        pixel = squeeze(video)
        sheets, size = 0, (0, 0)
        tiles: list[VideoFrame] = []
        turn: int | None = None
        for frame in _frames(container, video, count, interval):
            if turn is None:
                turn = clockwise(frame)
                size = _tile(frame.width * pixel, Fraction(frame.height))
            tiles.append(frame.reformat(*size, "yuv420p", threads=1))
            if len(tiles) == COLUMNS * ROWS:
                sheets += 1
                _write(folder / SHEET.format(sheets), tiles, turn)
                tiles = []
        if tiles and turn is not None:
            sheets += 1
            _write(folder / SHEET.format(sheets), tiles, turn)
    if not sheets:
        return None
    width, height = size if turn in (0, 180) else size[::-1]
    return {
        "sheets": sheets,
        "width": width,
        "height": height,
        "count": count,
        "interval": interval,
    }


def _tile(width: Fraction, height: Fraction) -> tuple[int, int]:
    short, long = sorted((width, height))
    shrink = min(_SHORT_SIDE / short, _LONG_SIDE_MOST / long)
    return max(round(width * shrink / 2) * 2, 2), max(round(height * shrink / 2) * 2, 2)


def _frames(
    container: InputContainer, video: VideoStream, count: int, interval: float
) -> Iterator[VideoFrame]:
    """Yield a picture for each interval, the last one again where there is no other."""
    pictures = decoder(video.codec_context, threads=_THREADS)
    start = (container.start_time or 0) / av.time_base
    left = _DECODED_MOST
    last: VideoFrame | None = None
    for index in range(count):
        found = None
        try:
            at = start + (index + 0.5) * interval
            container.seek(int(at * av.time_base))
            found, used = _picture(container, video, pictures, at, interval / 2, left)
            left -= used
        except (av.FFmpegError, ValueError):
            pass
        last = found or last
        if last is not None:
            yield last


def _picture(
    container: InputContainer,
    video: VideoStream,
    pictures: VideoCodecContext,
    at: float,
    near: float,
    most: int,
) -> tuple[VideoFrame | None, int]:
    """Return the picture at a second, and how many were decoded on the way to it."""
    found: VideoFrame | None = None
    used = 0
    for packet in packets(container, video):
        if found is None and not used:
            if not packet.is_keyframe:
                continue
            early = at - float((packet.pts or 0) * packet.time_base)
            if early <= near or most <= 0:
                # Without the end of input, decoders wait for pictures to reorder.
                decoded = [*pictures.decode(packet), *pictures.decode(None)]
                return (decoded[0] if decoded else None), 0
        used += 1
        for frame in pictures.decode(packet):
            found = frame
            if frame.time is not None and frame.time >= at:
                return found, used
        if used >= most:
            return found, used
    for frame in pictures.decode(None):
        found = frame
    return found, used


def _write(path: Path, tiles: Sequence[VideoFrame], turn: int) -> None:
    """Write a sheet; what is left over of it is black."""
    filters = [*TURNS[turn], ("setsar", "1"), ("tile", f"{COLUMNS}x{ROWS}")]
    sheet = filtered(tiles, filters)
    path.write_bytes(encoded(sheet, "libwebp", "yuv420p", {"quality": str(_QUALITY)}))
