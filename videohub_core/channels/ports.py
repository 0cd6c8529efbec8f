"""What channels need from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from videohub_core.channels.entities import Channel
from videohub_core.shared.ids import ChannelId, UserId
from videohub_core.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ChannelView:
    """A channel as anybody may see it."""

    id: ChannelId
    user_id: UserId
    user_display_name: str
    title: str
    description: str
    created: datetime
    subscribers: int


class ChannelRepository(Protocol):
    """The channels inside one transaction."""

    def add(self, channel: Channel) -> None: ...

    def get(self, channel_id: ChannelId) -> Channel | None:
        """Return the channel, locked against other transactions until this one ends."""

    def of_user(self, user_id: UserId) -> Channel:
        """Return the user's channel; each user has one."""


class ChannelsUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def channels(self) -> ChannelRepository: ...


class ChannelReader(Protocol):
    """Reads channels for showing, outside any transaction."""

    def get(self, channel_id: ChannelId) -> ChannelView | None: ...
