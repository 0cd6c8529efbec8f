"""Write the same pictures and sound as an MP4 that plays from its first bytes.

Runs in the sandbox's child only. The index goes to the front, into room that is left for it:
moving it there at the end, as `movflags=faststart` does, writes the whole file twice. Edit
lists, `moov_size`: `ffmpeg-formats`, section "mov, mp4, ismv"; timestamps follow what ffmpeg
does for `-c copy`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from adapters.media.length import Length
from adapters.media.probe import first_sound, first_video, open_original, packets
from adapters.media.refused import Refused
from adapters.media.write_back import WriteBack

_REORDERED = 2
"""How many pictures encoders usually store ahead of those they refer to."""


_INDEX_PER_PACKET = 20
_INDEX_BESIDES = 1 << 14
"""Bytes of the index: videos with steady times need 14 a packet, or less."""


class _IndexTooLarge(Exception):
    """The room that was left for the index is not enough."""


def remux(source: Path, target: Path, duration_most: float) -> None:
    """Copy the first video and sound track; raise Refused if the file ends too early.

    Titles, places, chapters and other tracks stay behind. The display matrix comes along,
    and times start at 0, by an edit list where pictures are stored out of order.
    """
    try:
        _copy(source, target, duration_most, leave_room=True)
    except _IndexTooLarge:
        _copy(source, target, duration_most, leave_room=False)


def _copy(source: Path, target: Path, duration_most: float, *, leave_room: bool) -> None:
    with open_original(source) as container:
        video, sound = first_video(container), first_sound(container)
        streams = [stream for stream in (video, sound) if stream is not None]
        with _mp4(target, _room(streams) if leave_room else None) as output:
            length = Length(container, video)
            tracks = {stream.index: _Track(container, output, stream) for stream in streams}
            written = WriteBack(target)
            for packet in packets(container):
                length.count(packet)
                if packet.stream_index in tracks:
                    written.grew(packet.size)
                    tracks[packet.stream_index].fit(packet)
                    _write(output, packet)
            length.check(duration_most)


def _room(streams: Sequence[Stream]) -> int | None:
    """Return the bytes to leave for the index, None if nobody knows how long it will be."""
    counts = [stream.frames for stream in streams]
    return None if 0 in counts else _INDEX_BESIDES + _INDEX_PER_PACKET * sum(counts)


@contextmanager
def _mp4(target: Path, room: int | None) -> Iterator[OutputContainer]:
    # Bitexact keeps the muxer's version and the time out of the file.
    options = {"fflags": "+bitexact"}
    options |= {"movflags": "faststart"} if room is None else {"moov_size": str(room)}
    with av.open(f"file:{target}", "w", format="mp4", container_options=options) as output:
        yield output
        try:
            output.close()
        except av.ArgumentError as error:
            raise _IndexTooLarge from error


def _write(output: OutputContainer, packet: av.Packet[Any]) -> None:
    try:
        output.mux_one(packet)
    except (av.InvalidDataError, av.ArgumentError) as error:
        # What a full disk raises is no fault of the file's.
        raise Refused("damaged") from error


class _Track:
    """Gives the packets of one stream their place and times in the output."""

    def __init__(
        self, container: InputContainer, output: OutputContainer, stream: Stream
    ) -> None:
        # Opaque: the parameters as they are, with no encoder looked for.
        self._out = output.add_stream_from_template(stream, opaque=True)
        base = stream.time_base or Fraction(1, av.time_base)
        self._start = round(Fraction(container.start_time or 0, av.time_base) / base)
        self._step, self._delay = 1, 0
        if isinstance(stream, VideoStream):
            self._step = max(round(1 / (stream.average_rate or 25) / base), 1)
            self._delay = _REORDERED * self._step if stream.codec_context.has_b_frames else 0
        self._last: int | None = None

    def fit(self, packet: av.Packet[Any]) -> None:
        """Shift the times to 0 and mend those that a muxer refuses."""
        packet.stream = self._out
        pts = None if packet.pts is None else packet.pts - self._start
        dts = self._guess(pts) if packet.dts is None else packet.dts - self._start
        if self._last is not None:
            dts = max(dts, self._last + 1)
        self._last = packet.dts = dts
        packet.pts = dts if pts is None else max(pts, dts)

    def _guess(self, pts: int | None) -> int:
        """Matroska stores no decoding times; the demuxer finds all but the first."""
        if self._last is not None:
            return self._last + self._step
        return (pts or 0) - self._delay
