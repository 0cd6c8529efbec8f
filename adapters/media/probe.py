"""Open an untrusted file with few demuxers and decoders; say what it holds and needs.

Runs in the sandbox's child only. libavformat's options: `ffmpeg-formats` and
`ffmpeg-protocols`, sections "Format Options" and "Protocol Options".
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from adapters.media.description import Described
from adapters.media.formats import (
    COPIED_FROM,
    DECLARING,
    HEAD,
    INPUT_OPTIONS,
    PICTURES,
    PIXELS_MOST,
    PLAYED_PICTURES,
    PLAYED_PIXELS,
    PLAYED_SOUND,
    SIDE_MOST,
    SOUND,
    TRANSFERS,
    reason_by_head,
)
from adapters.media.length import Length, container_name, declared_duration
from adapters.media.recipe import Recipe, fit
from adapters.media.refused import Refused

_FIRST_PACKETS = 64
"""In how many packets a picture must appear, to say how the video is turned."""
_SQUEEZE_MOST = 10
"""Pixels further from square than this are taken for a mistake."""


@dataclass(frozen=True)
class Probed:
    """Seconds, and pixels as they are shown; the recipe is None if all can be copied."""

    duration: float
    width: int
    height: int
    recipe: Recipe | None


def open_original(path: Path) -> InputContainer:
    """Open the file, or raise Refused."""
    try:
        return av.open(f"file:{path}", "r", options=dict(INPUT_OPTIONS))
    except (av.FFmpegError, ValueError) as error:
        raise Refused(_reason(path)) from error


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
        width, height = _size(video)
        _check_pictures(video)
        sound = first_sound(container)
        promised = container_name(container) in DECLARING
        duration = declared_duration(container) if promised else 0.0
        picture = _first_picture(container, video)
        if picture is not None and clockwise(picture) in (90, 270):
            width, height = height, width
        recipe = _recipe(container, video, sound, picture, fit(width, height))
    if not duration:
        duration = measure(path, duration_most).whole()
    if duration > duration_most:
        raise Refused("too_long")
    return Probed(duration, width, height, recipe)


def describe(path: Path, duration_most: float) -> Described:
    """Return what a playable file has to copy; raise Refused as `probe` does."""
    found = probe(path, duration_most)
    with open_original(path) as container:
        codec = first_video(container).codec_context
        return Described(
            found.duration,
            found.width,
            found.height,
            upright=(codec.width, codec.height) == (found.width, found.height),
            has_sound=first_sound(container) is not None,
        )


def measure(path: Path, duration_most: float) -> Length:
    """Read the file through and return how long it is; raise Refused if it is damaged."""
    with open_original(path) as container:
        length = Length(container, first_video(container))
        for packet in packets(container):
            length.count(packet)
    length.check(duration_most)
    return length


def _size(video: VideoStream) -> tuple[int, int]:
    """Return the picture as it is shown but for rotation."""
    if video.codec_context is None:
        raise Refused("unsupported_codec")
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


def squeeze(video: VideoStream) -> Fraction:
    """Return how many times wider a pixel is than high."""
    ratio = video.sample_aspect_ratio
    if not ratio or not 1 / _SQUEEZE_MOST <= ratio <= _SQUEEZE_MOST:
        return Fraction(1)
    return ratio


def clockwise(frame: VideoFrame) -> int:
    """Return by how much to turn the picture, to the nearest quarter."""
    return round(-frame.rotation / 90) % 4 * 90


def _check_pictures(video: VideoStream) -> None:
    codec = video.codec_context
    if codec.codec.canonical_name not in PICTURES:
        raise Refused("unsupported_codec")
    if codec.pix_fmt is None:
        # The decoder knows this codec, and found no picture where the header has one.
        raise Refused("damaged")


def first_sound(container: InputContainer) -> AudioStream | None:
    """Return the first track of sound that can be read, None if there is no sound."""
    tracks = container.streams.audio
    for audio in tracks:
        codec = audio.codec_context
        if codec is not None and codec.codec.canonical_name in SOUND:
            return audio
    if tracks:
        raise Refused("unsupported_codec")
    return None


def _first_picture(container: InputContainer, video: VideoStream) -> VideoFrame | None:
    """Return a picture, as PyAV says on pictures only how they are turned."""
    codec = decoder(video.codec_context, threads=1)
    for _, packet in zip(range(_FIRST_PACKETS), packets(container, video), strict=False):
        try:
            for frame in codec.decode(packet):
                return frame
        except (av.FFmpegError, ValueError):
            continue
    return None


def _recipe(
    container: InputContainer,
    video: VideoStream,
    sound: AudioStream | None,
    picture: VideoFrame | None,
    size: tuple[int, int],
) -> Recipe | None:
    codec = video.codec_context
    interlaced = picture is not None and picture.interlaced_frame
    copied = (
        codec.codec.canonical_name in PLAYED_PICTURES
        and codec.pix_fmt in PLAYED_PIXELS
        and container_name(container) in COPIED_FROM
        and not interlaced
    )
    if copied and (sound is None or sound.codec_context.codec.canonical_name in PLAYED_SOUND):
        return None
    return Recipe(
        pictures=video.index,
        sound=None if sound is None else sound.index,
        copy_pictures=copied,
        width=size[0],
        height=size[1],
        interlaced=interlaced,
        rgb=codec.format is not None and codec.format.is_rgb,
        transfer=TRANSFERS.get(codec.color_trc),
    )


def decoder(codec: VideoCodecContext, threads: int) -> VideoCodecContext:
    """Return the decoder, bounded: a stream's pictures may outgrow its header's."""
    codec.thread_count = threads
    codec.options = {"max_pixels": str(PIXELS_MOST)}
    return codec


def _reason(path: Path) -> str:
    with path.open("rb") as file:
        return reason_by_head(file.read(HEAD))
