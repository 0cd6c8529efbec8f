"""Keep what is of somebody banned out of lists."""

from __future__ import annotations

from videohub_core.accounts.events import UserBanned, UserUnbanned
from videohub_core.channels.ports import ChannelsUnitOfWork


class WithholdChannel:
    """Reaction to `UserBanned` and `UserUnbanned`: lists show what those write who may."""

    def __call__(self, uow: ChannelsUnitOfWork, event: UserBanned | UserUnbanned) -> None:
        channel = uow.channels.of_user(event.user_id)
        if isinstance(event, UserBanned):
            channel.withhold(event.until)
        else:
            channel.release()
