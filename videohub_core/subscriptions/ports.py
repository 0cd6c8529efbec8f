"""What subscriptions need from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from videohub_core.accounts.ports import ChannelRef, UserRepository
from videohub_core.channels.ports import ChannelsUnitOfWork
from videohub_core.shared.ids import ChannelId, UserId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.subscriptions.entities import Bell
from videohub_core.videos.ports import VideoView


class SubscriptionView(NamedTuple):
    """A channel that a member follows."""

    channel: ChannelRef
    bell: Bell
    since: datetime


class SubscriptionRepository(Protocol):
    """The subscriptions inside one transaction; the caller locks the channel."""

    def put(
        self, user_id: UserId, channel_id: ChannelId, bell: Bell | None, now: datetime
    ) -> bool:
        """Store a subscription and return True; if there is one, return False.

        That one gets the bell, and stays as it is without one; a new one gets `Bell.ALL` then.
        """

    def remove(self, user_id: UserId, channel_id: ChannelId) -> bool:
        """Delete a subscription; return False if there is none."""

    def remove_of(self, user_id: UserId) -> None:
        """Delete all subscriptions of a user; the channels count them no more."""


class SubscriptionsUnitOfWork(ChannelsUnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def subscriptions(self) -> SubscriptionRepository: ...


class SubscriptionReader(Protocol):
    """Reads subscriptions for showing, outside any transaction."""

    def bells(
        self, user_id: UserId, channel_ids: Sequence[ChannelId]
    ) -> Mapping[ChannelId, Bell]:
        """Return which of these channels the user follows, each with its bell."""

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[SubscriptionView]:
        """Return the channels that the user follows, followed last first."""

    def feed(self, user_id: UserId, request: PageRequest) -> Page[VideoView]:
        """Return the listed videos of the channels that the user follows, freshest first."""
