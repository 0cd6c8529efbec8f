"""Which addresses Tornado serves itself.

The front sends these requests to the streams; Pyramid, which has the other methods of
some of them, names them in `Allow`.
"""

from __future__ import annotations

import re

ADDRESSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("POST",), "/api/v1/videos"),
    (("POST",), "/upload"),
)
"""Methods and path, where Pyramid has the other methods."""

_ALL_METHODS = re.compile(r"/media/.*|/api/v1/me/export")


def is_streamed(method: str, path: str) -> bool:
    """Tell whether a request is for the streams."""
    return _ALL_METHODS.fullmatch(path) is not None or method in streamed_methods(path)


def streamed_methods(path: str) -> tuple[str, ...]:
    """Return the methods of a path that the streams serve beside Pyramid's."""
    return next((methods for methods, address in ADDRESSES if address == path), ())
