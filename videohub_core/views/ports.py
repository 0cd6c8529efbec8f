"""What views need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from videohub_core.shared.ids import VideoId
from videohub_core.videos.ports import VideoView
from videohub_core.views.entities import Viewing


class Programs(Protocol):
    """Knows programs that read pages, by what they call themselves."""

    def is_program(self, client: str) -> bool:
        """Tell whether a User-Agent is no person's browser or player."""


class ViewLog(Protocol):
    """Takes viewings to be counted soon."""

    def add(self, viewing: Viewing) -> None:
        """Take a viewing; raise Unavailable if too many wait."""


class Likeness(NamedTuple):
    """What may go with a video: each step found a bounded number of ids."""

    by_tag: Sequence[Sequence[VideoId]]
    """For each tag, the freshest that have it."""
    of_channel: Sequence[VideoId]
    seen_by_viewers: Sequence[VideoId]
    """What each of some of its members saw besides; an id comes up once for each of them.

    Nothing of a video that is not public, whose viewers are few and known to whom they are."""
    viewers: int
    """How many viewers were looked at."""


class WarmVideo(NamedTuple):
    """A listed video and how warm it is."""

    video: VideoView
    heat: float


class RelatedReader(Protocol):
    """Reads what goes with a video; each call costs the same however many there are."""

    def like(self, video: VideoView) -> Likeness:
        """Return ids of videos, listed or not."""

    def listed(self, ids: Sequence[VideoId]) -> Sequence[WarmVideo]:
        """Return those that everyone finds."""


class ViewStore(Protocol):
    """Counts viewings: a pair of video and viewer once in `ONCE_IN`."""

    def count(self, viewings: Sequence[Viewing]) -> Sequence[Viewing]:
        """Count them and return those that were; what is gone meanwhile is not.

        Several processes may do so at once. Raise Unavailable, having counted nothing.
        """

    def fold(self, before: datetime) -> int:
        """Forget who the viewers were whose last view is older, but not how many views.

        Return how many pairs were forgotten: a bounded number, 0 if there are none left.
        """
