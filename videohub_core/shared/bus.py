"""Hints between processes: something changed, look at the database.

The database is the truth. A hint that is lost, doubled or late changes nothing but how soon
somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from videohub_core.shared.ids import UserId


class Topic(Enum):
    """What a hint is about."""

    VIDEO = "video"
    """A video is not what it was, for whoever may see it."""
    PROGRESS = "progress"
    """How far a video's processing is, which its owner alone looks at."""
    COUNTERS = "counters"
    """How often a video was watched, liked or commented on: lists may show it a bit later."""
    ROOM = "room"
    """Something was said in a room, or changed there."""
    TYPING = "typing"
    """Somebody, the owner, is writing in a room; it is stored nowhere."""
    READ = "read"
    """Somebody, the owner, has read a room as far as the version says."""


@dataclass(frozen=True)
class Hint:
    """Something of this owner changed."""

    topic: Topic
    key: str
    owner_id: UserId
    """Whose it is; of a room, who did it, or nobody in particular."""
    version: int = 0
    """How far it is, for whoever counts along; 0 says to look in any case."""


class Subscription(Protocol):
    """Somebody who is told."""

    def close(self) -> None:
        """Be told no more; what the bus ran for its subscribers ends with the last one."""


class Bus(Protocol):
    """Brings the hints that commits leave to all processes, their own included."""

    def send(self, hints: Sequence[Hint]) -> None:
        """Tell of what no commit is about; never raises for a bus that does not answer."""

    def subscribe(
        self, hinted: Callable[[Hint], None], refill: Callable[[], None]
    ) -> Subscription:
        """Call `hinted` for each hint, `refill` when there may have been others.

        Whoever is told to refill looks at everything anew. The first refill comes when hints
        begin to arrive, so that it is enough to read then. Both are called by a thread of the
        bus, one at a time, and are to be quick.
        """
