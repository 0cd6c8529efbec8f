"""Give a new user a channel."""

from __future__ import annotations

from videohub_core.accounts.events import UserRegistered
from videohub_core.channels.entities import Channel
from videohub_core.channels.ports import ChannelsUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import ChannelId, Ids


class OpenChannel:
    """Reaction to `UserRegistered`: no user without a channel, in one transaction."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: ChannelsUnitOfWork, event: UserRegistered) -> None:
        uow.channels.add(
            Channel(
                id=ChannelId(self._ids.new()),
                user_id=event.user_id,
                title=event.display_name,
                created=self._clock.now(),
            )
        )
