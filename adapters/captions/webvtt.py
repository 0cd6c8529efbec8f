"""Subtitles of a member's making, as the hub serves them."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.captions.cues import ARROW, Cue, read_cues
from adapters.captions.encodings import decode
from adapters.captions.markup import clean
from videohub_core.videos.entities import CAPTIONS_MOST
from videohub_core.videos.errors import CaptionsRefused

_HEAD = "WEBVTT"


class WebVttReader:
    """`CaptionReader` of WebVTT and SubRip."""

    def read(self, data: bytes, language: str, encoding: str | None = None) -> bytes:
        text = decode(data, language, encoding)
        if text is None:
            raise CaptionsRefused("unknown_encoding")
        cues = _tidied(read_cues(text))
        if not cues:
            raise CaptionsRefused("no_cues")
        written = _written(cues)
        if len(written) > CAPTIONS_MOST:
            raise CaptionsRefused("captions_too_long")
        return written


def _tidied(cues: Iterable[Cue]) -> list[Cue]:
    """Return the cues that show something, harmless and in the order of their times."""
    found = [
        Cue(cue.start, cue.end, cue.settings, text)
        for cue in cues
        if cue.end > cue.start and (text := clean(cue.text))
    ]
    return sorted(found, key=lambda cue: (cue.start, cue.end))


def _written(cues: Iterable[Cue]) -> bytes:
    blocks = [_HEAD, *(_block(cue) for cue in cues)]
    return ("\n\n".join(blocks) + "\n").encode()


def _block(cue: Cue) -> str:
    timing = f"{_time(cue.start)} {ARROW} {_time(cue.end)}"
    return "\n".join([" ".join([timing, *cue.settings]), cue.text])


def _time(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{rest:03d}"
