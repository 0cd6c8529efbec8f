"""Tell what a member follows of what they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import ChannelId
from videohub_core.subscriptions.entities import Bell
from videohub_core.subscriptions.ports import SubscriptionReader


class ListFollowed:
    """Return which of some channels the actor follows, each with its bell."""

    def __init__(self, reader: SubscriptionReader) -> None:
        self._reader = reader

    def __call__(
        self, *, actor: Actor, channel_ids: Sequence[ChannelId]
    ) -> Mapping[ChannelId, Bell]:
        return self._reader.bells(actor.id, channel_ids)
