"""List the rooms that one is in."""

from __future__ import annotations

from videohub_core.chat.ports import RoomReader, RoomView
from videohub_core.shared.actor import Actor
from videohub_core.shared.paging import Page, PageRequest


class ListRooms:
    """Return the actor's rooms of two and groups, freshest first."""

    def __init__(self, reader: RoomReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, page: PageRequest) -> Page[RoomView]:
        return self._reader.of_user(actor.id, page)
