"""Which qualities a video is worth having in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from videohub_core.videos.entities import Video
from videohub_core.videos.ports import Rung

_BOXES = ((1920, 1080), (1280, 720), (854, 480), (640, 360))
_BITS = (5_000_000, 2_800_000, 1_400_000, 800_000)
"""What each takes at most, sound aside; people see no difference beyond, at 30 pictures a
second."""
_ENOUGH_BITS = 500_000
"""A quality that takes no more than this suits every line: a lower one would save nothing."""
_SMALLER = 0.8
"""A size with more than this share of the pixels of another is the same for all purposes."""
_SHRINKING = 0.75
"""With so many pixels to the power of this, pictures look the same at a bit each."""
_IN_ONE_GO_SECONDS = 600
"""Up to here all qualities are made together, as the pictures are decoded once then.

Of longer videos one is made after the other: each can be watched when it is there, and an
interruption costs no more than one of them.
"""


def ladder(width: int, height: int, bits: float) -> Sequence[Rung]:
    """Return the qualities of pictures of this size that take so many bits a second.

    The best comes first. None is larger than the pictures; where there would be one only,
    there is none: the video as it is does as well.
    """
    rungs = list(_worthwhile(width, height, bits))
    return rungs if len(rungs) > 1 else []


def ladder_of(video: Video) -> Sequence[Rung]:
    """Return the qualities of a video that plays."""
    if not (video.width and video.height and video.duration):
        return []
    # Videos of earlier releases do not know the size of their file.
    size = video.video_file_size or math.inf
    bits = 8 * size / video.duration
    return ladder(video.width, video.height, bits)


def batches(rungs: Sequence[Rung], duration: float) -> Sequence[Sequence[Rung]]:
    """Return the rungs as they are made: together, or one by one from the smallest."""
    if not rungs:
        return []
    if duration <= _IN_ONE_GO_SECONDS:
        return [rungs]
    return [[rung] for rung in reversed(rungs)]


def _worthwhile(width: int, height: int, bits: float) -> Iterator[Rung]:
    sizes = [_fit(width, height, box) for box in _BOXES]
    for index, (across, up) in enumerate(sizes):
        smaller = sizes[index + 1] if index + 1 < len(sizes) else (0, 0)
        if smaller[0] * smaller[1] > _SMALLER * across * up:
            continue
        yield Rung(_name(across, up), across, up, _BITS[index])
        share = across * up / (width * height)
        if min(_BITS[index], bits * share**_SHRINKING) <= _ENOUGH_BITS:
            return


def _fit(width: int, height: int, box: tuple[int, int]) -> tuple[int, int]:
    """Return the largest even size within a box that lies or stands as the pictures do."""
    across, up = box if width >= height else box[::-1]
    shrink = min(across / width, up / height, 1.0)
    return _even(width, shrink), _even(height, shrink)


def _even(side: int, shrink: float) -> int:
    return max(min(round(side * shrink / 2), side // 2) * 2, 2)


def _name(width: int, height: int) -> str:
    """Return what people call the size: 720p for 1280×544 as for 1280×720."""
    short, long = sorted((width, height))
    return f"{max(short, round(long * 9 / 32) * 2)}p"
