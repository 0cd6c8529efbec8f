"""Byte ranges of RFC 9110, section 14, and the conditions of section 13.

Our own small module, because serving bytes is where speed counts: the frameworks'
helpers know a single range at most and read through from the first byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

RANGES_MOST = 16
"""More ranges than a player ever asks for are answered with the whole file."""

_SPEC = re.compile(r"(\d*)-(\d*)", re.ASCII)
# Beyond 18 digits no file has bytes, and int() takes its time.
_DIGITS_MOST = 18


@dataclass(frozen=True)
class ByteRange:
    """The bytes from `start` up to but not including `stop`."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        return self.stop - self.start

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.stop - 1}/{size}"


def parse_ranges(header: str | None, size: int) -> list[ByteRange] | None:
    """Return the ranges of a Range header that lie within `size` bytes.

    None means that the header is absent or not one we follow, so that the whole file
    is the answer; an empty list means that nothing of it can be satisfied (416).
    """
    if header is None:
        return None
    unit, equals, text = header.partition("=")
    if not equals or unit.strip().lower() != "bytes":
        return None
    specs = [spec.strip() for spec in text.split(",") if spec.strip()]
    if not specs or len(specs) > RANGES_MOST:
        return None
    ranges = []
    for spec in specs:
        match = _SPEC.fullmatch(spec)
        if match is None or spec == "-" or max(map(len, match.groups())) > _DIGITS_MOST:
            return None
        first, last = match.groups()
        if first and last and int(last) < int(first):
            return None
        found = _range(first, last, size)
        if found is not None:
            ranges.append(found)
    # Overlapping ranges would send more than there is (RFC 9110, section 14.2).
    return ranges if sum(found.length for found in ranges) <= size else None


def _range(first: str, last: str, size: int) -> ByteRange | None:
    if not first:
        start = max(0, size - int(last))
        return ByteRange(start, size) if int(last) and size else None
    if int(first) >= size:
        return None
    return ByteRange(int(first), min(int(last) + 1, size) if last else size)


def etag_matches(header: str | None, etag: str, *, weak: bool) -> bool:
    """Tell whether an If-Match or If-None-Match header names the strong `etag`."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    candidates = [candidate.strip() for candidate in header.split(",")]
    if weak:
        candidates = [candidate.removeprefix("W/") for candidate in candidates]
    return etag in candidates
