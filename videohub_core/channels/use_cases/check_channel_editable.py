"""Ask whether a channel may be changed, before looking at what the change is."""

from __future__ import annotations

from videohub_core.channels.errors import NoSuchChannel, NotYourChannel
from videohub_core.channels.policies import may_edit
from videohub_core.channels.ports import ChannelReader, ChannelView
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import ChannelId


class CheckChannelEditable:
    """Return the channel, or raise NoSuchChannel or NotYourChannel.

    A stranger is told so before they are told what is wrong with their input.
    """

    def __init__(self, reader: ChannelReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, channel_id: ChannelId) -> ChannelView:
        channel = self._reader.get(channel_id)
        if channel is None:
            raise NoSuchChannel
        if not may_edit(actor, channel):
            raise NotYourChannel
        return channel
