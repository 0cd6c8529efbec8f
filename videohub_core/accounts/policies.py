"""What has to hold whoever changes an account."""

from __future__ import annotations

from datetime import datetime

from videohub_core.accounts.entities import Session, SignedIn, User
from videohub_core.accounts.errors import AccountBanned, LastAdmin
from videohub_core.accounts.ports import AccountsUnitOfWork
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


def started_session(
    uow: AccountsUnitOfWork, user: User, *, token: str, now: datetime, replaces: str | None
) -> SignedIn:
    """Store a session for a user who has proven who they are; the caller commits.

    `replaces` is the token of the session it ends. Raise AccountBanned.
    """
    if user.is_banned_at(now):
        raise AccountBanned
    previous = uow.sessions.get(Session.hash(replaces)) if replaces else None
    if previous is not None:
        uow.sessions.remove(previous)
    uow.sessions.remove_expired(now)
    uow.sessions.add(
        Session(token_hash=Session.hash(token), user_id=user.id, created=now, last_used=now)
    )
    return SignedIn(token, user.id, Session.expires_at(now, now))
