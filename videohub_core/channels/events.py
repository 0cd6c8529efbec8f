"""What happens to channels."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.shared.events import Event
from videohub_core.shared.ids import ChannelId


@dataclass(frozen=True)
class ChannelEdited(Event):
    """What the owner wrote about a channel has changed."""

    channel_id: ChannelId

    @property
    def subject(self) -> str:
        """What a job that follows is about."""
        return self.channel_id
