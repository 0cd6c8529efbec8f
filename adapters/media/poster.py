"""Find a picture of the video that shows something, and write it as a JPEG.

Runs in the sandbox's child only. Filters: `ffmpeg-filters`, sections scale, transpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame

from adapters.media.length import declared_duration
from adapters.media.probe import (
    clockwise,
    decoder,
    first_video,
    open_original,
    packets,
    squeeze,
)
from adapters.media.still import TURNS, encoded, filtered

SIDE_MOST = 1280
QUALITY = 3
"""On mjpeg's scale, where 2 is the best and 31 the worst."""
_PIXELS = "yuvj420p"

_PLACES = (0.1, 0.25, 0.5, 0.75)
_EARLIEST_SECONDS = 1.0
"""Recordings often fade in, so that what comes sooner is dark."""
_DECODED_MOST = 300
_DECODED_STEP = 10
_THREADS = 2
_SAMPLE = (64, 36)
_SPREAD_ENOUGH = 24
"""Of 255: between the darkest tenth of a picture and its brightest."""


def make_poster(source: Path, target: Path) -> bool:
    """Write the first picture with enough contrast, else the one with most of it.

    Return False, writing nothing, if no picture decodes.
    """
    best, most = None, -1
    for frame in _candidates(source):
        spread = _spread(frame)
        if spread > most:
            best, most = frame, spread
        if spread >= _SPREAD_ENOUGH:
            break
    if best is None:
        return False
    with open_original(source) as container:
        pixel = squeeze(first_video(container))
    target.write_bytes(jpeg(shown(best, pixel)))
    return True


def _candidates(source: Path) -> Iterator[VideoFrame]:
    """Yield key pictures, which decode at once, and only then some of all the others."""
    yield from _key_pictures(source)
    yield from _first_pictures(source)


def _key_pictures(source: Path) -> Iterator[VideoFrame]:
    with open_original(source) as container:
        video = first_video(container)
        pictures = decoder(video.codec_context, threads=1)
        duration = declared_duration(container)
        seen = set()
        for place in _PLACES:
            seconds = max(place * duration, min(_EARLIEST_SECONDS, duration / 2))
            try:
                container.seek(int(seconds * av.time_base) + (container.start_time or 0))
                packet = next((p for p in packets(container, video) if p.is_keyframe), None)
                if packet is None or packet.pts in seen:
                    continue
                seen.add(packet.pts)
                # Without the end of input, decoders wait for pictures to reorder.
                yield from [*pictures.decode(packet), *pictures.decode(None)][:1]
            except (av.FFmpegError, ValueError):
                continue


def _first_pictures(source: Path) -> Iterator[VideoFrame]:
    with open_original(source) as container:
        video = first_video(container)
        pictures = decoder(video.codec_context, threads=_THREADS)
        count = 0
        for packet in packets(container, video):
            try:
                frames = pictures.decode(packet)
            except (av.FFmpegError, ValueError):
                frames = []
            for frame in frames:
                count += 1
                if count % _DECODED_STEP == 0:
                    yield frame
            if count >= _DECODED_MOST:
                return


def _spread(frame: VideoFrame) -> int:
    """Return how far apart a picture's dark and bright parts are."""
    width, height = _SAMPLE
    plane = frame.reformat(width, height, "gray", threads=1).planes[0]
    data = bytes(plane)
    luma = sorted(
        value
        for row in range(height)
        for value in data[row * plane.line_size : row * plane.line_size + width]
    )
    tenth = len(luma) // 10
    return luma[-tenth] - luma[tenth]


def shown(frame: VideoFrame, pixel: Fraction) -> VideoFrame:
    """Return the picture with square pixels, turned, and no larger than a poster is."""
    width, height = max(round(frame.width * pixel), 1), frame.height
    shrink = min(Fraction(SIDE_MOST, max(width, height)), Fraction(1))
    size = f"{max(round(width * shrink), 1)}:{max(round(height * shrink), 1)}"
    filters = [
        ("scale", f"{size}:out_range=full"),
        ("setsar", "1"),
        *TURNS[clockwise(frame)],
        ("format", _PIXELS),
    ]
    return filtered([frame], filters)


def jpeg(frame: VideoFrame) -> bytes:
    return encoded(frame, "mjpeg", _PIXELS, {"qmin": str(QUALITY), "qmax": str(QUALITY)})
