"""Domain events and the aggregates that record them."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.shared.bus import Hint


@dataclass(frozen=True)
class Event:
    """Something that happened; reactions to it run in the transaction that raised it."""

    @property
    def hint(self) -> Hint | None:
        """What other processes are told once it is stored, if anything."""
        return None


class Aggregate:
    """An entity that is loaded, changed and stored as one, and remembers its events."""

    def record(self, event: Event) -> None:
        # Not set in __init__: the mapper restores an entity without calling it.
        self.__dict__.setdefault("_recorded", []).append(event)

    def release_events(self) -> list[Event]:
        """Return the events recorded since the last call, oldest first."""
        events: list[Event] = self.__dict__.pop("_recorded", [])
        return events
