"""See which clients are signed in."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.shared.actor import Actor
from videohub_core.tokens.ports import FamilyView, TokenReader


class ListFamilies:
    """Return the actor's clients that are signed in, the one used last first."""

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor) -> Sequence[FamilyView]:
        return self._reader.families_of(actor.id)
