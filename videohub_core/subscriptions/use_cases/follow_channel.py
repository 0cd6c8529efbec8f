"""Follow a channel."""

from __future__ import annotations

from videohub_core.accounts.policies import acting_user
from videohub_core.channels.policies import known_channel
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import ChannelId
from videohub_core.subscriptions.entities import Bell
from videohub_core.subscriptions.errors import OwnChannel
from videohub_core.subscriptions.ports import SubscriptionsUnitOfWork


class FollowChannel:
    """Follow a channel, or change the bell of one that is followed."""

    def __init__(self, uow: SubscriptionsUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(
        self, *, actor: Actor, channel_id: ChannelId, bell: Bell | None = None
    ) -> None:
        """Raise NoSuchChannel or OwnChannel; without a bell, one that is there stays."""
        with self._uow as uow:
            # Members are locked before channels, as where they leave.
            acting_user(uow.users, actor)
            channel = known_channel(uow, channel_id)
            if channel.user_id == actor.id:
                raise OwnChannel
            if uow.subscriptions.put(actor.id, channel.id, bell, self._clock.now()):
                channel.subscribers += 1
            uow.commit()
