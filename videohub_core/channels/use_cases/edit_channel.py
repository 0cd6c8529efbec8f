"""Change what a member writes about their channel."""

from __future__ import annotations

from videohub_core.channels.ports import ChannelsUnitOfWork
from videohub_core.shared.actor import Actor


class EditChannel:
    """Replace the texts that are given on the actor's channel and leave the others."""

    def __init__(self, uow: ChannelsUnitOfWork) -> None:
        self._uow = uow

    def __call__(
        self, *, actor: Actor, title: str | None = None, description: str | None = None
    ) -> None:
        """Raise InvalidInput."""
        with self._uow as uow:
            channel = uow.channels.of_user(actor.id)
            channel.edit(
                title=channel.title if title is None else title,
                description=channel.description if description is None else description,
            )
            uow.commit()
