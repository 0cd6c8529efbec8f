"""Let somebody leave without waiting in a circle with others."""

from __future__ import annotations

from videohub_core.accounts.events import UserLeft
from videohub_core.videos.ports import VideosUnitOfWork


class HoldVideosOf:
    """First reaction to `UserLeft` that locks videos: all that those after it change, at once.

    One by one, likes, comments and videos of their own would be locked in several orders.
    """

    def __call__(self, uow: VideosUnitOfWork, event: UserLeft) -> None:
        uow.videos.hold_of(event.user_id)
