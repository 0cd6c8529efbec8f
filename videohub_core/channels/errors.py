"""What channels refuse."""

from __future__ import annotations

from videohub_core.shared.errors import NotAllowed, NotFound, PreconditionFailed


class NoSuchChannel(NotFound):
    """There is no channel with this id."""

    code = "no_such_channel"
    title = "There is no such channel."


class NotYourChannel(NotAllowed):
    """The channel is somebody else's."""

    code = "not_your_channel"
    title = "Only the owner may change this channel."


class ChannelChanged(PreconditionFailed):
    """Somebody changed the channel between the reading and the writing."""

    code = "channel_changed"
    title = "The channel was changed meanwhile. Read it again before you change it."
