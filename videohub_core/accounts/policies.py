"""What has to hold whoever changes an account."""

from __future__ import annotations

from datetime import datetime

from videohub_core.accounts.entities import User
from videohub_core.accounts.errors import LastAdmin
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.mail.entities import MailKind
from videohub_core.mail.policies import Outbox
from videohub_core.shared.actor import Role


def user_that_may_go(uow: AccountsUnitOfWork, email: str, now: datetime) -> User | None:
    """Return the user with this e-mail, who may cease to act as what they are.

    Raise LastAdmin if nobody would be left to look after the hub.
    """
    # Locked first and in one order: of two that act on each other's last admin, the
    # second sees what the first did.
    admins = uow.users.admins()
    user = uow.users.by_email(email)
    if user is not None and user.role is Role.ADMIN:
        others = [admin for admin in admins if admin.id != user.id]
        if all(admin.is_banned_at(now) for admin in others):
            raise LastAdmin
    return user


def replace_password(
    uow: AccountsUnitOfWork,
    outbox: Outbox,
    user: User,
    password_hash: str,
    *,
    keep: str | None = None,
    locale: str | None = None,
) -> None:
    """Give the user another password, end their sessions, and let them know by mail.

    `keep` is the hash of the session that goes on.
    """
    user.change_password(password_hash)
    for session in uow.sessions.of_user(user.id):
        if session.token_hash != keep:
            uow.sessions.remove(session)
    outbox.put(uow, MailKind.PASSWORD_CHANGED, user.email, user_id=user.id, locale=locale)
