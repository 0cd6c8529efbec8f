"""Make a poster of what a member chose: a frame of the video, or a picture.

Runs in the sandbox's child only. A picture goes to its decoder as it is, with no demuxer
before it; what it carries besides pixels is left behind.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from adapters.media.poster import jpeg, shown
from adapters.media.probe import decoder, first_video, open_original, packets, squeeze
from adapters.media.refused import Refused

PIXELS_MOST = 64_000_000
"""More than videos may have: phones take pictures of 48 million."""

_DECODERS = (
    (0, b"\xff\xd8\xff", "mjpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (8, b"WEBP", "webp"),
)
_THREADS = 2
_SECONDS_MOST = 8.0
"""How long to decode from the key picture before, which may be far away."""


def take_frame(source: Path, at: float, target: Path) -> None:
    """Write what is shown at a time, or the last picture before it; raise Refused."""
    with open_original(source) as container:
        video = first_video(container)
        pixel = squeeze(video)
        start = float(container.start_time or 0) / av.time_base
        pictures = decoder(video.codec_context, threads=_THREADS)
        container.seek(int((at + start) * av.time_base))
        frame = _shown_at(at + start, pictures, packets(container, video))
    if frame is None:
        raise Refused("no_frame")
    target.write_bytes(jpeg(shown(frame, pixel)))


def take_picture(source: Path, target: Path) -> None:
    """Write a JPEG of a picture; raise Refused."""
    data = source.read_bytes()
    names = (name for at, mark, name in _DECODERS if data[at : at + len(mark)] == mark)
    name = next(names, None)
    if name is None:
        raise Refused("not_a_picture")
    pictures: Any = VideoCodecContext.create(name, "r")
    pictures.thread_count = 1
    pictures.options = {"max_pixels": str(PIXELS_MOST)}
    try:
        frames = [*pictures.decode(Packet(data)), *pictures.decode(None)]
    except (av.FFmpegError, ValueError) as error:
        raise Refused("unreadable_picture") from error
    if not frames:
        raise Refused("unreadable_picture")
    target.write_bytes(jpeg(shown(frames[0], Fraction(1))))


def _shown_at(at: float, pictures: VideoCodecContext, rest: Iterable[Any]) -> VideoFrame | None:
    found: VideoFrame | None = None
    deadline = time.monotonic() + _SECONDS_MOST
    # Nothing more to come is said by None: decoders hold pictures back to reorder them.
    for packet in chain(rest, [None]):
        try:
            frames = pictures.decode(packet)
        except (av.FFmpegError, ValueError):
            continue
        for frame in frames:
            if found is not None and (frame.time is None or frame.time > at):
                return found
            found = frame
        if time.monotonic() > deadline:
            break
    return found
