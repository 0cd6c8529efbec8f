"""See where one is signed in."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.accounts.ports import AccountReader, SessionView
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock


class ListSessions:
    """Return the actor's sessions that have not ended, the one used last first."""

    def __init__(self, reader: AccountReader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock

    def __call__(self, *, actor: Actor) -> Sequence[SessionView]:
        now = self._clock.now()
        return [one for one in self._reader.sessions_of(actor.id) if one.expires_at > now]
