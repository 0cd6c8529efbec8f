"""Stop following a channel."""

from __future__ import annotations

from videohub_core.accounts.policies import acting_user
from videohub_core.channels.policies import known_channel
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import ChannelId
from videohub_core.subscriptions.ports import SubscriptionsUnitOfWork


class UnfollowChannel:
    """Follow a channel no more; where that is so, nothing happens."""

    def __init__(self, uow: SubscriptionsUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, channel_id: ChannelId) -> None:
        """Raise NoSuchChannel."""
        with self._uow as uow:
            acting_user(uow.users, actor)
            channel = known_channel(uow, channel_id)
            if uow.subscriptions.remove(actor.id, channel.id):
                channel.subscribers -= 1
                uow.commit()
