"""Look a channel up."""

from __future__ import annotations

from videohub_core.channels.errors import NoSuchChannel
from videohub_core.channels.ports import ChannelReader, ChannelView
from videohub_core.shared.ids import ChannelId


class ReadChannel:
    """Return a channel; every channel is public."""

    def __init__(self, reader: ChannelReader) -> None:
        self._reader = reader

    def __call__(self, *, channel_id: ChannelId) -> ChannelView:
        channel = self._reader.get(channel_id)
        if channel is None:
            raise NoSuchChannel
        return channel
