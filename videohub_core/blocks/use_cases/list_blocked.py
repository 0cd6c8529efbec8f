"""List whom one has blocked."""

from __future__ import annotations

from videohub_core.blocks.ports import BlockReader, BlockView
from videohub_core.shared.actor import Actor
from videohub_core.shared.paging import Page, PageRequest


class ListBlocked:
    """Return a page of the people whom the actor has blocked, blocked last first."""

    def __init__(self, reader: BlockReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, page: PageRequest) -> Page[BlockView]:
        return self._reader.of_user(actor.id, page)
