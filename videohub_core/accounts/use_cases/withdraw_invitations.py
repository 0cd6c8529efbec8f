"""Let nobody in for whoever may not invite any more."""

from __future__ import annotations

from videohub_core.accounts.events import RoleChanged, UserBanned
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.actor import Role


class WithdrawInvitations:
    """Reaction to `UserBanned` and `RoleChanged`: what waits of a former moderator's ends."""

    def __call__(self, uow: AccountsUnitOfWork, event: UserBanned | RoleChanged) -> None:
        if isinstance(event, RoleChanged) and event.role.includes(Role.MODERATOR):
            return
        uow.invitations.remove_unused_of(event.user_id)
