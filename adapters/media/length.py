"""How long a file is by what it holds, against what it promises.

Runs in the sandbox's child only.
"""

from __future__ import annotations

from typing import Any

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from adapters.media.formats import DECLARING, RESTARTING
from adapters.media.refused import Refused

MISSING_MOST_SECONDS = 1.0
MISSING_MOST_SHARE = 0.02
"""A file that ends earlier than it promises, by more than both, is damaged."""
ONE_PICTURE = 0.04
"""How many seconds a picture is shown that does not say for how long."""


def container_name(container: InputContainer) -> str:
    return container.format.name.partition(",")[0]


def declared_duration(container: InputContainer) -> float:
    """Return the seconds that the header promises, 0 if it promises none."""
    return max(container.duration or 0, 0) / av.time_base


def packet_end(packet: av.Packet[Any]) -> float:
    """Return the second at which the packet's sound or picture is over."""
    start = packet.pts if packet.pts is not None else packet.dts
    if start is None:
        return 0.0
    return float((start + (packet.duration or 0)) * packet.time_base)


def ends_too_early(end: float, promised: float) -> bool:
    return promised - end > max(MISSING_MOST_SECONDS, MISSING_MOST_SHARE * promised)


class Length:
    """Counts packets up to where the file ends."""

    def __init__(self, container: InputContainer, video: VideoStream) -> None:
        self._start = (container.start_time or 0) / av.time_base
        self._video = video.index
        self._restarts = container_name(container) in RESTARTING
        self._declared: float | None = None
        self._by_video = False
        if container_name(container) in DECLARING:
            self._declare(container, video)
        self._end = self._video_end = 0.0
        self._sums: dict[int, float] = {}
        self._found = False

    def _declare(self, container: InputContainer, video: VideoStream) -> None:
        """Matroska has one duration, for its longest track; AVI's is guessed, its count not."""
        if container_name(container) == "avi" and video.frames and video.average_rate:
            self._declared = float(video.frames / video.average_rate)
            self._by_video = True
        elif video.duration is None or video.time_base is None:
            self._declared = self._start + declared_duration(container)
        else:
            self._declared = float((video.duration + (video.start_time or 0)) * video.time_base)
            self._by_video = True

    def count(self, packet: av.Packet[Any]) -> None:
        end = packet_end(packet)
        self._end = max(self._end, end)
        if packet.stream_index == self._video:
            self._found = True
            self._video_end = max(self._video_end, end)
        if packet.duration and packet.stream.type in ("video", "audio"):
            longer = float(packet.duration * packet.time_base)
            self._sums[packet.stream_index] = self._sums.get(packet.stream_index, 0.0) + longer

    def check(self, most: float) -> None:
        """Raise Refused if the file ends before it should, or goes on for too long."""
        end = self._video_end if self._by_video else self._end
        if not self._found or (
            self._declared is not None and ends_too_early(end, self._declared)
        ):
            raise Refused("damaged")
        if max(self.whole(), self.pictures()) > most:
            raise Refused("too_long")

    def whole(self) -> float:
        """Return the seconds of pictures and sound."""
        return self._of(self._end, max(self._sums.values(), default=0.0))

    def pictures(self) -> float:
        """Return the seconds of pictures."""
        return self._of(self._video_end, self._sums.get(self._video, 0.0))

    def _of(self, end: float, total: float) -> float:
        # Where times start again, or jump, only the sum of what is shown says anything.
        seconds = total if self._restarts and total else end - self._start
        return max(seconds, ONE_PICTURE)
