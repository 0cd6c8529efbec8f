"""Cursors: where a page of a list ended, as a text that means nothing to anybody else.

An HMAC over the position and the list's name ends it, so that one of another list, or one
that somebody has made up, is told from those that the hub gave.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime

from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.paging import Position

_SIGNATURE = 12
"""Bytes. Whoever forges one gets to see a list from another place, and nothing else."""


def encode(secret: bytes, name: str, position: Position) -> str:
    """Return a URL-safe cursor for a list; `name` says which list and in what order."""
    at, as_of = position.at, position.as_of
    values = [
        at.isoformat() if isinstance(at, datetime) else at,
        position.id,
        *([as_of.isoformat()] if as_of else []),
    ]
    text = json.dumps(values, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text + _signature(secret, name, text)).decode().rstrip("=")


def decode(secret: bytes, name: str, cursor: str) -> Position:
    """Return the position in a cursor of this list, or raise InvalidInput."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        signed = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        signed = b""
    text, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
    if not hmac.compare_digest(_signature(secret, name, text), signature):
        raise InvalidInput(
            [FieldError("/cursor", "invalid_cursor", "This is not a cursor of this list.")]
        )
    at, id_, *as_of = json.loads(text)
    return Position(
        datetime.fromisoformat(at) if isinstance(at, str) else at,
        id_,
        datetime.fromisoformat(as_of[0]) if as_of else None,
    )


def _signature(secret: bytes, name: str, text: bytes) -> bytes:
    signed = b"cursor " + name.encode("utf-8", "surrogatepass") + b"\0" + text
    return hmac.digest(secret, signed, hashlib.sha256)[:_SIGNATURE]
