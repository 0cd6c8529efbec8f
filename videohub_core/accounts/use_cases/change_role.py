"""Make somebody a moderator, an admin, or a member again."""

from __future__ import annotations

from videohub_core.accounts.policies import check_admin_remains, known_user
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.ids import UserId


class ChangeRole:
    """Give a user a role; whoever has another one than before signs in again."""

    def __init__(self, uow: AccountsUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, actor: Actor, user_id: UserId, role: Role) -> None:
        """Raise NotAllowed, NoSuchUser, or LastAdmin if nobody would be left."""
        if not actor.role.includes(Role.ADMIN):
            raise NotAllowed
        with self._uow as uow:
            admins = uow.users.admins()
            user = known_user(uow.users, user_id)
            if role is not Role.ADMIN:
                check_admin_remains(admins, user, self._clock.now())
            if user.role is not role:
                for session in uow.sessions.of_user(user.id):
                    uow.sessions.remove(session)
            user.change_role(actor.id, role)
            uow.commit()
