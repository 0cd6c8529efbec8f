"""See which keys one has given out."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.shared.actor import Actor
from videohub_core.tokens.ports import AccessTokenView, TokenReader


class ListAccessTokens:
    """Return the actor's personal tokens, freshest first; there are only so many."""

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor) -> Sequence[AccessTokenView]:
        return self._reader.access_tokens_of(actor.id)
