"""Lists that go on: a link to what follows, which scripts load in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pyramid.request import Request

from entrypoints.edge import cursors
from videohub_core.shared.paging import PageRequest, Position
from videohub_core.videos.ports import VideoSort

# A multiple of 2, 3 and 4: the last row of the grid is full on most screens.
PAGE_SIZE = 24


class Ended(Protocol):
    """A page of anything."""

    @property
    def next(self) -> Position | None: ...


@dataclass(frozen=True)
class Pager:
    """Where a list goes on, if it does; whether this is not its beginning."""

    next_path: str | None
    first_path: str
    continued: bool


def page_request(request: Request) -> PageRequest:
    """Return which page the address asks for; raise InvalidInput for a wrong cursor."""
    cursor = request.GET.get("cursor")
    if not cursor:
        return PageRequest(PAGE_SIZE)
    secret = request.container.secret()
    return PageRequest(PAGE_SIZE, cursors.decode(secret, _name_of_list(request), cursor))


def pager(request: Request, page: Ended, **kept: str) -> Pager:
    """Return what a list's end shows; `kept` is what its address has besides the cursor."""
    next_path = None
    if page.next is not None:
        secret = request.container.secret()
        cursor = cursors.encode(secret, _name_of_list(request), page.next)
        query = {**kept, "cursor": cursor}
        next_path = request.current_route_path(_query=query)
    return Pager(
        next_path=next_path,
        first_path=request.current_route_path(_query=kept),
        continued="cursor" in request.GET,
    )


def sort_of(request: Request) -> VideoSort:
    """Return the order that the address asks for, the freshest first for one that is none."""
    asked = request.GET.get("sort")
    return next((sort for sort in VideoSort if sort.value == asked), VideoSort.FRESH)


def _name_of_list(request: Request) -> str:
    """Return the address, and the order that was asked for."""
    return f"{request.path_info}?{request.GET.get('sort', '')}"
