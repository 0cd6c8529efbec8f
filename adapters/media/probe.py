"""Open an untrusted file with few demuxers and decoders, and say what it holds.

Runs in the sandbox's child only. libavformat's options: `ffmpeg-formats` and
`ffmpeg-protocols`, sections "Format Options" and "Protocol Options".
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

SIDE_MOST = 8192
PIXELS_MOST = 36_000_000
VIDEO_CODECS = frozenset({"h264"})
PIXEL_FORMATS = frozenset({"yuv420p", "yuvj420p"})
AUDIO_CODECS = frozenset({"aac", "mp3"})

_OPTIONS = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm",
    "protocol_whitelist": "file",
    "codec_whitelist": "h264,aac,mp3,mp3float",
}
_EBML = b"\x1a\x45\xdf\xa3"
_MP4_BOXES = frozenset({b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide"})
_FIRST_PACKETS = 64
"""In how many packets a picture must appear, to say how the video is turned."""
_SQUEEZE_MOST = 10
"""Pixels further from square than this are taken for a mistake."""


class Refused(Exception):
    """The hub cannot play this file; `reason` is a code of the core's `REFUSALS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Probed:
    """Seconds, and pixels as they are shown; `rotation` is clockwise, in degrees."""

    duration: float
    width: int
    height: int
    rotation: int


def open_original(path: Path) -> InputContainer:
    """Open the file, or raise Refused."""
    try:
        return av.open(f"file:{path}", "r", options=dict(_OPTIONS))
    except (av.FFmpegError, ValueError) as error:
        raise Refused("damaged" if _looks_like_video(path) else "not_a_video") from error


def first_video(container: InputContainer) -> VideoStream:
    """Return the first stream of moving pictures; a cover is none."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    raise Refused("no_video_track")


def probe(path: Path, duration_most: float) -> Probed:
    """Return what the file holds; raise Refused if the hub cannot play it."""
    with open_original(path) as container:
        video = first_video(container)
        _check_codecs(container, video)
        width, height = _size(video)
        duration = declared_duration(container)
        if duration > duration_most:
            raise Refused("too_long")
        rotation = _rotation(container, video)
    if not duration:
        duration = _measured_duration(path)
        if duration > duration_most:
            raise Refused("too_long")
    if rotation in (90, 270):
        width, height = height, width
    return Probed(duration, width, height, rotation)


def declared_duration(container: InputContainer) -> float:
    """Return the seconds that the header promises, 0 if it promises none."""
    return max(container.duration or 0, 0) / av.time_base


def _measured_duration(path: Path) -> float:
    """Return the seconds there are, as a recording made live does not know its end."""
    with open_original(path) as container:
        end = max((packet_end(packet) for packet in packets(container)), default=0.0)
        end -= (container.start_time or 0) / av.time_base
    if end <= 0:
        raise Refused("damaged")
    return end


def _size(video: VideoStream) -> tuple[int, int]:
    """Return the picture as it is shown but for rotation."""
    width, height = video.codec_context.width, video.codec_context.height
    if min(width, height) < 1:
        raise Refused("damaged")
    if max(width, height) > SIDE_MOST or width * height > PIXELS_MOST:
        raise Refused("picture_too_large")
    return max(round(width * squeeze(video)), 1), height


def packets(container: InputContainer, *streams: Stream) -> Any:
    """Yield the packets up to where the file ends or cannot be read any further."""
    try:
        for packet in container.demux(*streams):
            # The last ones are empty and only tell decoders to finish.
            if packet.size:
                yield packet
    except (av.FFmpegError, ValueError):
        return


def packet_end(packet: av.Packet[Any]) -> float:
    """Return the second at which the packet's sound or picture is over."""
    start = packet.pts if packet.pts is not None else packet.dts
    if start is None:
        return 0.0
    return float((start + (packet.duration or 0)) * packet.time_base)


def squeeze(video: VideoStream) -> Fraction:
    """Return how many times wider a pixel is than high."""
    ratio = video.sample_aspect_ratio
    if not ratio or not 1 / _SQUEEZE_MOST <= ratio <= _SQUEEZE_MOST:
        return Fraction(1)
    return ratio


def clockwise(frame: VideoFrame) -> int:
    """Return by how much to turn the picture, to the nearest quarter."""
    return round(-frame.rotation / 90) % 4 * 90


def _check_codecs(container: InputContainer, video: VideoStream) -> None:
    codec = video.codec_context
    if codec is None or codec.codec.canonical_name not in VIDEO_CODECS:
        raise Refused("unsupported_codec")
    if codec.pix_fmt is None:
        # The decoder knows H.264, and found no picture where the header has one.
        raise Refused("damaged")
    if codec.pix_fmt not in PIXEL_FORMATS:
        raise Refused("unsupported_codec")
    for audio in container.streams.audio[:1]:
        sound = audio.codec_context
        if sound is None or sound.codec.canonical_name not in AUDIO_CODECS:
            raise Refused("unsupported_codec")


def _rotation(container: InputContainer, video: VideoStream) -> int:
    # PyAV shows the display matrix on decoded pictures only.
    video.codec_context.thread_count = 1
    read = packets(container, video)
    for _, packet in zip(range(_FIRST_PACKETS), read, strict=False):
        try:
            for frame in packet.decode():
                return clockwise(frame)
        except (av.FFmpegError, ValueError):
            continue
    return 0


def _looks_like_video(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(8)
    return head[:4] == _EBML or head[4:] in _MP4_BOXES
