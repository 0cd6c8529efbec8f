"""Keyset pages: a cursor names the last item seen, so inserts never shift a page."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from videohub_core.shared.errors import FieldError, InvalidInput

PAGE_LIMIT = 20
PAGE_LIMIT_MOST = 100

Item = TypeVar("Item")


@dataclass(frozen=True)
class Position:
    """Where a page ended, freshest first: a time and, for ties, an id."""

    at: datetime
    id: str

    def encode(self) -> str:
        """Return the position as an opaque, URL-safe cursor."""
        text = json.dumps([self.at.isoformat(), self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, cursor: str) -> Position:
        """Return the position in a cursor of ours, or raise InvalidInput."""
        try:
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            at, id_ = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            # A naive time is of no list, and one at the edge of the calendar has no UTC.
            position = cls(datetime.fromisoformat(at), str(id_))
            in_utc = position.at.tzinfo is not None and position.at.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
            position, in_utc = None, None
        if position is None or not in_utc or not position.id.isalnum():
            raise InvalidInput(
                [FieldError("/cursor", "invalid_cursor", "This is not a cursor of this list.")]
            )
        return position


@dataclass(frozen=True)
class PageRequest:
    """Which page of a list: at most `limit` items after `after`."""

    limit: int = PAGE_LIMIT
    after: Position | None = None


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items of a list and where the next ones start, None at the end."""

    items: Sequence[Item]
    next: Position | None
