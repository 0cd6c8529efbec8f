"""Keyset pages of selects: each begins behind the last row of the one before.

A select of a page takes the parameters `limit` and, unless it is the first one, `at` and `id`.
It finds one row more than are shown, which tells whether there is a next page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, String, bindparam, tuple_

from adapters.persistence.metadata import UtcDateTime
from videohub_core.shared.paging import Page, PageRequest, Position

Item = TypeVar("Item")

PLACE = tuple_(bindparam("at", type_=UtcDateTime), bindparam("id", type_=String))
"""Where the page before ended, in a list by time."""


def behind(time: ColumnElement[Any], id_: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition of a next page, where the newest is first."""
    return tuple_(time, id_) < PLACE


def page_values(request: PageRequest) -> dict[str, Any]:
    """Return the parameters of a page."""
    values: dict[str, Any] = {"limit": request.limit + 1}
    if request.after is not None:
        values |= {"at": request.after.at, "id": request.after.id}
    return values


def page_of(
    found: Sequence[Item], request: PageRequest, place_of: Callable[[Item], Position]
) -> Page[Item]:
    """Return what a page shows of what was found for it."""
    items = found[: request.limit]
    return Page(items, place_of(items[-1]) if len(found) > request.limit else None)
