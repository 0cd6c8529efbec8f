"""Which addresses Tornado serves itself.

The front sends these requests to the streams; Pyramid, which has the other methods of
some of them, names them in `Allow`.
"""

from __future__ import annotations

import re

from videohub_core.shared.ids import ID_PATTERN

ADDRESSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("POST",), "/api/v1/videos"),
    (("POST",), "/upload"),
)
"""Methods and path, where Pyramid has the other methods."""

_ALL_METHODS = re.compile(rf"/media/.*|/api/v1/me/export|/api/v1/uploads(/{ID_PATTERN})?")
_IN_BOTH = "/api/v1/videos"


def is_streamed(method: str, path: str, content_type: str = "") -> bool:
    """Tell whether a request is for the streams.

    A video whose bytes are there already comes as JSON, which is Pyramid's.
    """
    if (
        path == _IN_BOTH
        and content_type.partition(";")[0].strip().lower() == "application/json"
    ):
        return False
    return _ALL_METHODS.fullmatch(path) is not None or method in streamed_methods(path)


def streamed_methods(path: str) -> tuple[str, ...]:
    """Return the methods of a path that the streams serve beside Pyramid's."""
    return next((methods for methods, address in ADDRESSES if address == path), ())
