"""Read the cues of WebVTT and of SubRip, which comes as people and programs write it.

W3C, "WebVTT: The Web Video Text Tracks Format", section 6 (parsing). SubRip has no
specification: its times have a comma, its cues a number, and its texts may have blank
lines in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from videohub_core.videos.errors import CaptionsRefused

ARROW = "-->"
LINE_MOST = 2000
CUES_MOST = 20_000
SECONDS_MOST = 12 * 3600

_TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,3}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s+(.*))?")
_MINUTE = 60
_PERCENT = r"(?:100|[0-9]{1,2})(?:\.[0-9]{1,3})?%"
_SETTINGS = {
    "vertical": re.compile("rl|lr"),
    "line": re.compile(rf"(?:-?[0-9]{{1,3}}|{_PERCENT})(?:,(?:start|center|end))?"),
    "position": re.compile(rf"{_PERCENT}(?:,(?:line-left|center|line-right))?"),
    "size": re.compile(_PERCENT),
    "align": re.compile("start|center|end|left|right"),
}
"""Where a cue may stand (section 4.4); regions come from blocks that are left out."""
_BLOCKS = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True)
class Cue:
    """A text and when it is shown, in milliseconds; the text is as it was written."""

    start: int
    end: int
    settings: tuple[str, ...]
    text: str


def read_cues(text: str) -> Iterator[Cue]:
    """Yield the cues in the file's order;"""
    lines = re.split("\r\n|\r|\n", text)
    is_web = lines[0].startswith("WEBVTT")
    times = list(_times(lines, is_web=is_web))
    if not times:
        raise CaptionsRefused("no_cues")
    if len(times) > CUES_MOST:
        raise CaptionsRefused("too_many_cues", times[CUES_MOST] + 1)
    for at, following in pairwise([*times, len(lines)]):
        yield _cue(lines, at, following, is_web=is_web)


def _times(lines: Sequence[str], *, is_web: bool) -> Iterator[int]:
    """Yield which lines have an arrow, but for comments, styles and regions."""
    begins, set_aside = True, False
    for at, line in enumerate(lines):
        blank = not line.strip()
        if begins and not blank:
            set_aside = is_web and line.split(maxsplit=1)[0] in _BLOCKS
        if ARROW in line and not set_aside:
            yield at
        begins = blank


def _cue(lines: Sequence[str], at: int, following: int, *, is_web: bool) -> Cue:
    start, end, settings = _timing(lines[at], at + 1)
    payload = [line.strip() for line in lines[at + 1 : following]]
    if is_web and "" in payload:
        payload = payload[: payload.index("")]
    elif following < len(lines) and payload and payload[-1].isdecimal():
        # The number of the next one.
        payload.pop()
    for number, line in enumerate(payload, at + 2):
        if len(line) > LINE_MOST:
            raise CaptionsRefused("line_too_long", number)
    return Cue(start, end, settings, "\n".join(filter(None, payload)))


def _timing(line: str, number: int) -> tuple[int, int, tuple[str, ...]]:
    found = _TIMING.fullmatch(line) if len(line) <= LINE_MOST else None
    if found is None:
        raise CaptionsRefused("bad_time", number)
    start, end = (_milliseconds(found.groups()[at : at + 4], number) for at in (0, 4))
    if end < start:
        raise CaptionsRefused("ends_too_early", number)
    return start, end, tuple(_kept_settings(found[9] or ""))


def _milliseconds(parts: Sequence[str | None], number: int) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    if minutes >= _MINUTE or seconds >= _MINUTE:
        raise CaptionsRefused("bad_time", number)
    whole = (hours * 60 + minutes) * 60 + seconds
    if whole >= SECONDS_MOST:
        raise CaptionsRefused("time_too_late", number)
    return whole * 1000 + int((parts[3] or "").ljust(3, "0"))


def _kept_settings(text: str) -> Iterator[str]:
    seen = set()
    for word in text.split():
        name, _, value = word.partition(":")
        allowed = _SETTINGS.get(name)
        if allowed and name not in seen and allowed.fullmatch(value):
            seen.add(name)
            yield f"{name}:{value}"
