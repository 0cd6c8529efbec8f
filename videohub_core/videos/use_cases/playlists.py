"""What players are told of a video's renditions and its storyboard.

HLS playlists: RFC 8216, version 7.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from videohub_core.videos.entities import MediaKey, Rendition, Storyboard
from videohub_core.videos.ports import MediaSegments

SOUND = "audio"
"""The rendition that is the sound, and the group that master playlists put it in."""


def file_name(key: MediaKey) -> str:
    """Return what the file is called in addresses, which are unique within its video."""
    return key.rpartition("/")[2]


def media_playlist(segments: MediaSegments, name: str) -> str:
    """Return the playlist of a file called `name`, beside it."""
    longest = max(seconds for seconds, _ in segments.parts)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{math.ceil(longest)}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{name}",BYTERANGE="{segments.head}@0"',
    ]
    start = segments.head
    for seconds, size in segments.parts:
        lines += [f"#EXTINF:{seconds:.6f},", f"#EXT-X-BYTERANGE:{size}@{start}", name]
        start += size
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def master_playlist(renditions: Sequence[Rendition], only: str | None = None) -> str | None:
    """Return the playlist of all qualities, or of one; None if there is nothing to name."""
    sound = next((one for one in renditions if one.name == SOUND), None)
    pictures = [one for one in renditions if one.name != SOUND and only in (None, one.name)]
    if not pictures:
        return None
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if sound is not None:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{SOUND}",NAME="{SOUND}",DEFAULT=YES,'
            f'AUTOSELECT=YES,CHANNELS="2",URI="{file_name(sound.playlist)}"'
        )
    for one in pictures:
        lines += [_variant(one, sound), file_name(one.playlist)]
    return "\n".join([*lines, ""])


def _variant(pictures: Rendition, sound: Rendition | None) -> str:
    together = [pictures] if sound is None else [pictures, sound]
    codecs = ",".join(one.codecs for one in together)
    attributes = [
        f"BANDWIDTH={sum(one.bandwidth for one in together)}",
        f"AVERAGE-BANDWIDTH={sum(one.average_bandwidth for one in together)}",
        f'CODECS="{codecs}"',
        f"RESOLUTION={pictures.width}x{pictures.height}",
        *([] if sound is None else [f'AUDIO="{SOUND}"']),
    ]
    return f"#EXT-X-STREAM-INF:{','.join(attributes)}"


def storyboard_track(storyboard: Storyboard, duration: float) -> str:
    """Return the WebVTT that says when to show which part of which sheet.

    Parts are media fragments (W3C Media Fragments URI 1.0, section 4.2.2), as players
    take them.
    """
    lines = ["WEBVTT", ""]
    a_sheet = storyboard.columns * storyboard.rows
    for index in range(storyboard.count):
        start = index * storyboard.interval
        end = min(start + storyboard.interval, max(duration, start))
        sheet, place = divmod(index, a_sheet)
        row, column = divmod(place, storyboard.columns)
        across, up = column * storyboard.width, row * storyboard.height
        part = f"xywh={across},{up},{storyboard.width},{storyboard.height}"
        lines += [
            f"{_clock(start)} --> {_clock(end)}",
            f"{file_name(storyboard.sheets[sheet])}#{part}",
            "",
        ]
    return "\n".join(lines)


def _clock(seconds: float) -> str:
    """Return a time as WebVTT writes it."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}.{thousandths:03}"
