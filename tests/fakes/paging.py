"""Keyset pages of a list in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from videohub_core.shared.paging import Page, PageRequest, Position


def page_of(found: list[Any], request: PageRequest, time_of: Callable[[Any], Any]) -> Page[Any]:
    found.sort(key=lambda item: (time_of(item), item.id), reverse=True)
    if request.after is not None:
        after = (request.after.at, request.after.id)
        found = [item for item in found if (time_of(item), item.id) < after]
    items = found[: request.limit]
    more = len(found) > request.limit
    return Page(items, Position(time_of(items[-1]), items[-1].id) if more else None)
