"""Where the parts of a rendition lie, by the playlist that ffmpeg wrote of it.

ffmpeg read untrusted bytes, so nothing of its text goes any further: only numbers, and only
if they add up to the file that is there. RFC 8216, section 4.3; `ffmpeg-formats`, "hls".
"""

from __future__ import annotations

import re
from pathlib import Path

from adapters.media.child_process import SandboxDied
from videohub_core.videos.ports import MediaSegments

_HEAD = re.compile(r'#EXT-X-MAP:URI="[^"]*",BYTERANGE="(\d{1,9})@0"')
_PART = re.compile(r"#EXTINF:(\d{1,6}\.\d{1,9}),\n#EXT-X-BYTERANGE:(\d{1,12})@(\d{1,15})\n")
_AVC_CONFIGURATION = b"avcC\x01"
_HEAD_MOST = 1 << 20
_SHORT_SECONDS = 0.5
"""A last part shorter than this says nothing about the bits that a second takes."""


def read_segments(playlist: Path, file: Path) -> MediaSegments:
    """Return the parts of a file in order; raise SandboxDied if they cannot be."""
    text = playlist.read_text(encoding="ascii", errors="replace")
    head = _HEAD.search(text)
    found = _PART.findall(text)
    if head is None or not found:
        raise SandboxDied("The playlist names no parts.")
    at = int(head[1])
    parts = []
    for seconds, size, start in found:
        if int(start) != at or not int(size):
            raise SandboxDied("The parts do not follow one another.")
        at += int(size)
        parts.append((float(seconds), int(size)))
    if at != file.stat().st_size:
        raise SandboxDied("The parts are not the whole file.")
    return MediaSegments(int(head[1]), tuple(parts))


def bandwidth(segments: MediaSegments) -> tuple[int, int]:
    """Return the most bits that a second takes, and how many on average."""
    total = sum(seconds for seconds, _ in segments.parts)
    average = 8 * sum(size for _, size in segments.parts) / max(total, _SHORT_SECONDS)
    peak = max(
        8 * size / seconds if seconds >= _SHORT_SECONDS else 0
        for seconds, size in segments.parts
    )
    return round(max(peak, average)), round(average)


def picture_codec(file: Path, head: int) -> str:
    """Return the codec of the pictures of an MP4 as RFC 6381 writes it.

    Its bytes are the first of the decoder configuration, ISO/IEC 14496-15.
    """
    if head > _HEAD_MOST:
        raise SandboxDied("No such file begins with so much.")
    with file.open("rb") as opened:
        data = opened.read(head)
    at = data.find(_AVC_CONFIGURATION)
    profile = data[at + 5 : at + 8]
    if at < 0 or len(profile) < 3:  # noqa: PLR2004 - profile, constraints, level
        raise SandboxDied("The pictures are not H.264.")
    return f"avc1.{profile.hex()}"
