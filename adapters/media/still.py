"""One picture through filters, and as a file of its own.

Runs in the sandbox's child only. `ffmpeg-filters`, `ffmpeg-codecs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from av.filter import Graph
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

Filter = tuple[str, str | None]
"""The name of a filter, and its arguments."""

TURNS: Mapping[int, tuple[Filter, ...]] = {
    0: (),
    90: (("transpose", "clock"),),
    180: (("hflip", None), ("vflip", None)),
    270: (("transpose", "cclock"),),
}
"""What turns a picture clockwise by so many degrees."""

_TICK = Fraction(1, 25)
"""A picture has no time, and filters and encoders want one."""


def filtered(frames: Sequence[VideoFrame], filters: Sequence[Filter]) -> VideoFrame:
    """Return the one picture that filters make of some that are alike."""
    first = frames[0]
    graph = Graph()
    graph.threads = 1
    nodes = [
        graph.add_buffer(
            width=first.width, height=first.height, format=first.format, time_base=_TICK
        ),
        *[graph.add(name, args) for name, args in filters],
        graph.add("buffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    for index, frame in enumerate(frames):
        frame.pts = index
        graph.vpush(frame)
    graph.vpush(None)
    return graph.vpull()


def encoded(frame: VideoFrame, codec: str, pixels: str, options: Mapping[str, str]) -> bytes:
    """Return a picture as a file that a codec makes of it."""
    encoder: Any = VideoCodecContext.create(codec, "w")
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt = pixels
    encoder.time_base = _TICK
    encoder.thread_count = 1
    encoder.options = dict(options)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
