"""How much the body of a request to Pyramid may have: 1 MiB, but where files are sent."""

from __future__ import annotations

import re

from videohub_core.shared.ids import ID_PATTERN
from videohub_core.videos.entities import CAPTIONS_FILE_MOST, PICTURE_FILE_MOST

BODY_MOST = 1 << 20
FORM_MARGIN = 64 << 10
"""What a form puts around its file."""

_LARGER = (
    ("PUT", rf"/api/v1/videos/{ID_PATTERN}/captions/[^/]+", CAPTIONS_FILE_MOST),
    ("PUT", rf"/api/v1/videos/{ID_PATTERN}/poster", PICTURE_FILE_MOST),
    ("POST", rf"/studio/{ID_PATTERN}/captions", CAPTIONS_FILE_MOST + FORM_MARGIN),
    ("POST", rf"/studio/{ID_PATTERN}/poster", PICTURE_FILE_MOST + FORM_MARGIN),
)


def body_most(method: str, path: str) -> int:
    """Return how many bytes the body of such a request may have."""
    for larger_method, pattern, most in _LARGER:
        if method == larger_method and re.fullmatch(pattern, path):
            return most
    return BODY_MOST
