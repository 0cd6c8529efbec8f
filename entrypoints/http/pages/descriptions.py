"""Descriptions as people read them: addresses and time codes become links."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

# Each alternative has one unbounded part and no nesting, so matching stays linear.
_LINKS = re.compile(
    r"(?P<url>https?://[^\s<>\"\x00-\x1f\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,2000})"
    r"|(?<![\d:.,/\w])(?P<code>(?:\d{1,2}:)?[0-5]?\d:[0-5]\d)(?![\d:\w])"
)
_CLOSING = {")": "(", "]": "[", "}": "{"}
_FOLDED_LINES = 3
_FOLDED_CHARACTERS = 240


def is_long(text: str) -> bool:
    """Tell whether a description is worth folding."""
    return text.count("\n") >= _FOLDED_LINES or len(text) > _FOLDED_CHARACTERS


def linked(text: str, *, watch_path: str, duration: float | None) -> Markup:
    """Return the text as markup: everything escaped, links around what is one.

    A time code links to its second of the video. One beyond the end is left alone: it
    is a time of day.
    """
    parts: list[Markup] = []
    end = 0
    for match in _LINKS.finditer(text):
        parts.append(escape(text[end : match.start()]))
        if match["url"]:
            parts.append(_address(match["url"]))
        else:
            parts.append(_time_code(match["code"], watch_path, duration))
        end = match.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def seconds_of(code: str) -> int:
    """Return the seconds of a time code such as 1:23 or 1:02:03."""
    seconds = 0
    for part in code.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


def _time_code(code: str, watch_path: str, duration: float | None) -> Markup:
    seconds = seconds_of(code)
    if duration is not None and seconds > duration:
        return escape(code)
    return Markup('<a class="time-code" href="{}?t={}" data-seconds="{}">{}</a>').format(
        watch_path, seconds, seconds, code
    )


def _address(url: str) -> Markup:
    kept = _without_trailing_punctuation(url)
    rest = url[len(kept) :]
    if kept in ("http://", "https://"):
        return escape(url)
    link = Markup('<a href="{}" rel="nofollow ugc noopener">{}</a>').format(kept, kept)
    return link + escape(rest)


def _without_trailing_punctuation(url: str) -> str:
    """Return the address without the sentence's punctuation; `/a_(b)` keeps its bracket."""
    while url:
        last = url[-1]
        opening = _CLOSING.get(last)
        unbalanced = opening is not None and url.count(last) > url.count(opening)
        if not unbalanced and last not in ".,;:!?'»”’…*_":
            break
        url = url[:-1]
    return url
