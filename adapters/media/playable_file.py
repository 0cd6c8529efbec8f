"""Renditions of a file that plays: fragmented MP4 that is fetched in parts (HLS).

`ffmpeg-formats`, "hls"; RFC 8216. Edit lists keep pictures and sound together: without
`avoid_negative_ts disabled`, pictures that are stored out of order start late.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from adapters.media.confinement import Limits
from adapters.media.description import Described
from adapters.media.encoding import (
    ENCODING_MEMORY_MOST,
    ENCODING_TIME_LEAST,
    ENCODING_TIMES_SLOWER,
    encode,
    made_file,
)
from adapters.media.formats import INPUT_OPTIONS, PIXELS_MOST
from adapters.media.job_folder import MADE, ORIGINAL
from adapters.media.recipe import CLOCK, THREADS, spaced
from adapters.media.segments import bandwidth, picture_codec, read_segments
from videohub_core.videos.ports import MadeRendition, MediaSegments, Rung, Watch

SOUND = "audio"
SOUND_CODEC = "mp4a.40.2"
RATE_MOST = 60

SIZE_MOST = 1 << 42
PLAYLIST_MOST = 8 << 20

_PART_SECONDS = 4
_PART_SECONDS_MOST = 12.0
"""Pictures that cannot be cut more often than this are encoded anew."""
_COPIED_BITS_MOST = 1.5
"""So many times the bits of its rung, and pictures are encoded anew, too."""
_MARGIN = 64 << 20
_OUTPUT = (
    *("-avoid_negative_ts", "disabled", "-f", "hls", "-hls_time", str(_PART_SECONDS)),
    *("-hls_playlist_type", "vod", "-hls_flags", "single_file"),
    *("-hls_segment_type", "fmp4"),
)


class PlayableFile:
    """`PlayableMedia` by the confined ffmpeg."""

    def __init__(self, folder: Path, watch: Watch, found: Described) -> None:
        self._folder = folder
        self._made = folder / MADE
        self._watch = watch
        self._found = found

    def copy(self, rung: Rung) -> Sequence[MadeRendition]:
        copied = self._fits(rung)
        outputs = []
        if copied:
            outputs += ["-map", "0:v:0", "-c:v", "copy", *_output(rung.name)]
        if self._found.has_sound:
            sound = ("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000")
            fill = ("-af", "aresample=48000:async=1:first_pts=0")
            outputs += ["-map", "0:a:0", *sound, *fill, *_output(SOUND)]
        if not outputs:
            return []
        size = (self._folder / ORIGINAL).stat().st_size
        # It is no step on the way: it takes a moment.
        self._encode(outputs, size + _MARGIN, lambda _progress: self._watch(None))
        made = [self._pictures(rung)] if copied else []
        if any(_is_coarse(one) for one in made):
            made = []
        return [*made, *([self._sound()] if self._found.has_sound else [])]

    def render(self, rungs: Sequence[Rung]) -> Sequence[MadeRendition]:
        inputs = "".join(f"[in{index}]" for index in range(len(rungs)))
        graph = [f"[0:v:0]{spaced(RATE_MOST)},split={len(rungs)}{inputs}"]
        outputs = []
        for index, rung in enumerate(rungs):
            size = f"scale={rung.width}:{rung.height}:out_range=tv"
            graph.append(f"[in{index}]{size},setsar=1,format=yuv420p[out{index}]")
            outputs += ["-map", f"[out{index}]", *_coding(rung), *_output(rung.name)]
        arguments = ["-filter_complex", ";".join(graph), *outputs]
        most = max(rung.bits for rung in rungs) / 8 * self._found.duration
        self._encode(arguments, math.ceil(most) + _MARGIN, self._watch)
        return [self._pictures(rung) for rung in rungs]

    def _fits(self, rung: Rung) -> bool:
        """Tell whether the pictures can be what the rung asks for as they are."""
        found = self._found
        bits = 8 * (self._folder / ORIGINAL).stat().st_size / found.duration
        return (
            found.upright
            and (rung.width, rung.height) == (found.width, found.height)
            and bits <= _COPIED_BITS_MOST * rung.bits
        )

    def _encode(self, outputs: Sequence[str], size_most: int, watch: Watch) -> None:
        seconds = self._found.duration
        time_most = ENCODING_TIME_LEAST + ENCODING_TIMES_SLOWER * seconds
        cpu = math.ceil(time_most * THREADS)
        limits = Limits(memory=ENCODING_MEMORY_MOST, cpu=cpu, output=size_most)
        arguments = [
            *("-nostdin", "-hide_banner", "-v", "error", "-y"),
            *(word for name, value in INPUT_OPTIONS.items() for word in (f"-{name}", value)),
            *("-max_pixels", str(PIXELS_MOST), "-threads", str(THREADS)),
            *("-i", f"file:{ORIGINAL}"),
            *outputs,
        ]
        encode(self._folder, arguments, limits, time_most, watch, seconds)

    def _pictures(self, rung: Rung) -> MadeRendition:
        file = self._made / f"{rung.name}.mp4"
        segments = self._segments(file)
        peak, average = bandwidth(segments)
        codecs = picture_codec(file, segments.head)
        return MadeRendition(
            rung.name, file, segments, peak, average, codecs, rung.width, rung.height
        )

    def _sound(self) -> MadeRendition:
        file = self._made / f"{SOUND}.mp4"
        segments = self._segments(file)
        return MadeRendition(SOUND, file, segments, *bandwidth(segments), SOUND_CODEC)

    def _segments(self, file: Path) -> MediaSegments:
        playlist = made_file(file.with_suffix(".m3u8"), PLAYLIST_MOST)
        return read_segments(playlist, made_file(file, SIZE_MOST))


def _output(name: str) -> list[str]:
    path = f"file:{MADE}/{name}"
    plain = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact")
    return [*plain, *_OUTPUT, "-hls_segment_filename", f"{path}.mp4", f"{path}.m3u8"]


def _coding(rung: Rung) -> list[str]:
    return [
        *("-fps_mode", "vfr", "-enc_time_base", f"1:{CLOCK}"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high"),
        *("-maxrate", str(rung.bits), "-bufsize", str(2 * rung.bits)),
        *("-force_key_frames", "expr:gte(t,n_forced*2)", "-threads:v", str(THREADS)),
    ]


def _is_coarse(made: MadeRendition) -> bool:
    return max(seconds for seconds, _ in made.segments.parts) > _PART_SECONDS_MOST
