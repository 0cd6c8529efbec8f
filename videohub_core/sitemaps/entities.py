"""How all that is listed is cut into parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from videohub_core.shared.ids import ChannelId
from videohub_core.shared.paging import Position

PART_MOST = 1000
"""How many entries a part may have."""
PART_USUAL = 900
"""How many it is made for: what is published as of an earlier time still finds room."""

Key = TypeVar("Key")


@dataclass(frozen=True)
class Span(Generic[Key]):
    """What comes behind `after`, up to and with `to`; None for no bound."""

    after: Key | None = None
    to: Key | None = None


@dataclass(frozen=True)
class Sitemaps:
    """The parts of all that is listed: videos by when they were published, channels by id."""

    videos: Sequence[Span[Position]]
    channels: Sequence[Span[ChannelId]]
