"""What subscriptions need from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from videohub_core.shared.ids import ChannelId, UserId
from videohub_core.subscriptions.entities import Bell


class SubscriptionReader(Protocol):
    """Reads subscriptions for showing, outside any transaction."""

    def bells(
        self, user_id: UserId, channel_ids: Sequence[ChannelId]
    ) -> Mapping[ChannelId, Bell]:
        """Return which of these channels the user follows, each with its bell."""
