"""A channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import ChannelId, UserId


@dataclass(eq=False, kw_only=True)
class Channel(Aggregate):
    """A user's place for videos. One comes into being with each user."""

    id: ChannelId
    user_id: UserId
    title: str
    created: datetime
    description: str = ""
