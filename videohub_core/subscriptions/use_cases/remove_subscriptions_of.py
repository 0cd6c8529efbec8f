"""Let the subscriptions of somebody who leaves go along."""

from __future__ import annotations

from videohub_core.accounts.events import UserLeft
from videohub_core.subscriptions.ports import SubscriptionsUnitOfWork


class RemoveSubscriptionsOf:
    """Reaction to `UserLeft`: no channel counts them any more.

    Those of their own channel go with its row.
    """

    def __call__(self, uow: SubscriptionsUnitOfWork, event: UserLeft) -> None:
        uow.subscriptions.remove_of(event.user_id)
