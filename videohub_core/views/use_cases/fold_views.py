"""Forget who watched long ago."""

from __future__ import annotations

from videohub_core.shared.clock import Clock
from videohub_core.views.entities import VIEWERS_KEPT
from videohub_core.views.ports import ViewStore


class FoldViews:
    """Make one row a video of its viewers of long ago; the sum stays."""

    def __init__(self, store: ViewStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def __call__(self) -> int:
        """Return how many viewers were forgotten."""
        before = self._clock.now() - VIEWERS_KEPT
        folded = 0
        while found := self._store.fold(before):
            folded += found
        return folded
