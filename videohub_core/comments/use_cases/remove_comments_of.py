"""Let the comments of somebody who leaves go along."""

from __future__ import annotations

from videohub_core.accounts.events import UserLeft
from videohub_core.comments.ports import CommentsUnitOfWork


class RemoveCommentsOf:
    """Reaction to `UserLeft`: all that they said is gone, before their row is."""

    def __call__(self, uow: CommentsUnitOfWork, event: UserLeft) -> None:
        uow.comments.remove_of(event.user_id)
