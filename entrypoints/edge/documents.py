"""JSON as the contract has it: times are RFC 3339 in UTC with `Z`."""

from __future__ import annotations

from typing import Any

import orjson


def encode(document: Any) -> bytes:
    """Return a document of the presenters as JSON."""
    return orjson.dumps(document, option=orjson.OPT_UTC_Z)
