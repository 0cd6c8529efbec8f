"""Tell whether one has blocked somebody."""

from __future__ import annotations

from videohub_core.blocks.ports import BlockReader
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UserId


class HasBlocked:
    """Tell whether somebody is on the actor's block list."""

    def __init__(self, reader: BlockReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, user_id: UserId) -> bool:
        return self._reader.has(actor.id, user_id)
