"""Who gets in, and what has to hold whoever changes an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from videohub_core.accounts.entities import Session, SignedIn, User
from videohub_core.accounts.errors import (
    AccountBanned,
    LastAdmin,
    NoSuchUser,
    NotYourself,
    WrongCredentials,
)
from videohub_core.accounts.ports import (
    AccountReader,
    AccountsUnitOfWork,
    EmailSyntax,
    PasswordHasher,
    UserRepository,
)
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.ids import UserId


class PasswordDoor:
    """Knows people by e-mail and password, at the same pace whether they exist or not."""

    def __init__(
        self, reader: AccountReader, passwords: PasswordHasher, email_syntax: EmailSyntax
    ) -> None:
        self._reader = reader
        self._passwords = passwords
        self._email_syntax = email_syntax

    def __call__(self, email: str, password: str) -> UserId:
        """Return whose password it is; raise WrongCredentials."""
        try:
            known = self._reader.password_of(self._email_syntax.normalise(email))
        except ValueError:
            known = None
        user_id, password_hash = known or (None, None)
        right = self._passwords.verify(password_hash, password)
        if user_id is None or not right:
            raise WrongCredentials
        return user_id


def user_who_gets_in(users: UserRepository, user_id: UserId, now: datetime) -> User:
    """Return the user, locked; raise WrongCredentials if they have left, or AccountBanned."""
    user = users.get(user_id)
    if user is None:
        raise WrongCredentials
    if user.is_banned_at(now):
        raise AccountBanned
    return user


def known_user(users: UserRepository, user_id: UserId) -> User:
    """Return the user, locked; raise NoSuchUser."""
    user = users.get(user_id)
    if user is None:
        raise NoSuchUser
    return user


def governed_user(uow: AccountsUnitOfWork, actor: Actor, user_id: UserId) -> User:
    """Return a user whom the actor may ban and unban, locked.

    Moderators look after members, admins after everybody. Raise NoSuchUser, NotAllowed, or
    NotYourself: whoever lets themselves out cannot let themselves in again.
    """
    if not actor.role.includes(Role.MODERATOR):
        raise NotAllowed
    user = known_user(uow.users, user_id)
    if user.role.includes(Role.MODERATOR) and not actor.role.includes(Role.ADMIN):
        raise NotAllowed
    if user.id == actor.id:
        raise NotYourself
    return user


def check_admin_remains(admins: Sequence[User], user: User, now: datetime) -> None:
    """Raise LastAdmin if nobody would be left to look after the hub without this one.

    `admins` were locked before the user was, in one order: of two that act on each other's
    last admin, the second sees what the first did.
    """
    others = [admin for admin in admins if admin.id != user.id]
    if user.role is Role.ADMIN and all(admin.is_banned_at(now) for admin in others):
        raise LastAdmin


def started_session(
    uow: AccountsUnitOfWork,
    user: User,
    *,
    token: str,
    now: datetime,
    replaces: str | None = None,
    client: str | None = None,
) -> SignedIn:
    """Store a session for a user who has proven who they are; the caller commits.

    `replaces` is the token of the session it ends, `client` what it is used with. Raise
    AccountBanned.
    """
    if user.is_banned_at(now):
        raise AccountBanned
    previous = uow.sessions.get(Session.hash(replaces)) if replaces else None
    if previous is not None:
        uow.sessions.remove(previous)
    uow.sessions.remove_expired(now)
    uow.sessions.add(
        Session(
            token_hash=Session.hash(token),
            user_id=user.id,
            created=now,
            last_used=now,
            client=client,
        )
    )
    return SignedIn(token, user.id, Session.expires_at(now, now))
