"""Change what a member writes about their channel."""

from __future__ import annotations

from videohub_core.channels.entities import ChannelDetails
from videohub_core.channels.policies import check_seen, editable_channel
from videohub_core.channels.ports import ChannelsUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import ChannelId


class EditChannel:
    """Replace the texts that are given and leave the others as they are."""

    def __init__(self, uow: ChannelsUnitOfWork) -> None:
        self._uow = uow

    def __call__(
        self,
        *,
        actor: Actor,
        channel_id: ChannelId,
        title: str | None = None,
        description: str | None = None,
        seen: ChannelDetails | None = None,
    ) -> None:
        """Raise NoSuchChannel, NotYourChannel or InvalidInput.

        With `seen`, raise ChannelChanged if the details are not those any more.
        """
        with self._uow as uow:
            channel = editable_channel(uow, actor, channel_id)
            check_seen(channel, seen)
            channel.edit(
                title=channel.title if title is None else title,
                description=channel.description if description is None else description,
            )
            uow.commit()
