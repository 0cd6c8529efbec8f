"""Who may change channels; everyone may see them."""

from __future__ import annotations

from typing import Protocol

from videohub_core.channels.entities import Channel, ChannelDetails
from videohub_core.channels.errors import ChannelChanged, NoSuchChannel, NotYourChannel
from videohub_core.channels.ports import ChannelsUnitOfWork
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.ids import ChannelId, UserId


class Owned(Protocol):
    """What the decision needs to know of a channel, entity or view."""

    @property
    def user_id(self) -> UserId: ...


def may_edit(actor: Actor | None, channel: Owned) -> bool:
    """Tell whether the actor may change the channel."""
    return actor is not None and (
        actor.id == channel.user_id or actor.role.includes(Role.ADMIN)
    )


def known_channel(uow: ChannelsUnitOfWork, channel_id: ChannelId) -> Channel:
    """Return the channel, locked; raise NoSuchChannel."""
    channel = uow.channels.get(channel_id)
    if channel is None:
        raise NoSuchChannel
    return channel


def editable_channel(uow: ChannelsUnitOfWork, actor: Actor, channel_id: ChannelId) -> Channel:
    """Return the channel for a change; raise NoSuchChannel or NotYourChannel."""
    channel = known_channel(uow, channel_id)
    if not may_edit(actor, channel):
        raise NotYourChannel
    return channel


def check_seen(channel: Channel, seen: ChannelDetails | None) -> None:
    """Raise ChannelChanged if the actor has seen other details than there are."""
    if seen is not None and channel.details != seen:
        raise ChannelChanged
