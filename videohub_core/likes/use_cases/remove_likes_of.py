"""Let the likes of somebody who leaves go along."""

from __future__ import annotations

from videohub_core.accounts.events import UserLeft
from videohub_core.likes.ports import LikesUnitOfWork


class RemoveLikesOf:
    """Reaction to `UserLeft`: nothing that a member liked counts it any more."""

    def __call__(self, uow: LikesUnitOfWork, event: UserLeft) -> None:
        uow.likes.remove_of(event.user_id)
