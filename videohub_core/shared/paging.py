"""Keyset pages: a position names the last item seen, so inserts never shift a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

PAGE_LIMIT = 20
PAGE_LIMIT_MOST = 100

Item = TypeVar("Item")


@dataclass(frozen=True)
class Position:
    """Where a page ended: a time, or a rank where a list has one, and, for ties, an id."""

    at: datetime | float
    id: str
    as_of: datetime | None = None
    """The moment that ranks are reckoned for, where they change with time."""


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
