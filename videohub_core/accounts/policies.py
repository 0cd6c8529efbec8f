"""Who gets in, and what has to hold whoever changes an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from videohub_core.accounts.entities import Session, SignedIn, User
from videohub_core.accounts.errors import (
    AccountBanned,
    EmailNotVerified,
    LastAdmin,
    NoSuchUser,
    NotYourself,
    PasswordNeeded,
    WrongCredentials,
)
from videohub_core.accounts.ports import (
    AccountReader,
    AccountsUnitOfWork,
    PasswordHasher,
    UserRepository,
)
from videohub_core.mail.entities import MailKind
from videohub_core.mail.policies import Outbox
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.errors import NotAllowed, Unauthenticated
from videohub_core.shared.ids import UserId

FRESH = timedelta(minutes=10)
"""How long ago somebody without a password may have signed in to prove themselves."""


@dataclass(frozen=True)
class ProvenUser:
    """Whose password it is; `password_hash` is what it was compared with."""

    id: UserId
    password_hash: str


class PasswordDoor:
    """Knows people by e-mail and password, at the same pace whether they exist or not."""

    def __init__(
        self,
        reader: AccountReader,
        passwords: PasswordHasher,
        email_syntax: EmailSyntax,
        *,
        verification: bool,
    ) -> None:
        self._reader = reader
        self._passwords = passwords
        self._email_syntax = email_syntax
        self._verification = verification

    def prove(self, email: str, password: str) -> ProvenUser:
        """Return whose password it is; raise WrongCredentials. This takes its time."""
        try:
            known = self._reader.password_of(self._email_syntax.normalise(email))
        except ValueError:
            known = None
        user_id, password_hash = known or (None, None)
        right = self._passwords.verify(password_hash, password)
        if user_id is None or password_hash is None or not right:
            raise WrongCredentials
        return ProvenUser(user_id, password_hash)

    def let_in(self, users: UserRepository, proven: ProvenUser, now: datetime) -> User:
        """Return the user, locked.

        Raise WrongCredentials if the password is another one by now, AccountBanned, or, with
        `verification`, EmailNotVerified.
        """
        user = user_who_gets_in(users, proven.id, now)
        if user.password_hash != proven.password_hash:
            raise WrongCredentials
        if self._verification and not user.email_verified:
            raise EmailNotVerified
        return user


class OwnerCheck:
    """Makes sure that it is the account's owner who asks for something grave."""

    def __init__(self, reader: AccountReader, passwords: PasswordHasher, clock: Clock) -> None:
        self._reader = reader
        self._passwords = passwords
        self._clock = clock

    def __call__(
        self, actor: Actor, password: str | None, signed_in: datetime | None
    ) -> str | None:
        """Return the hash that the password goes with; raise PasswordNeeded.

        An account without a password has no hash: `signed_in` has to be within `FRESH` then.
        """
        stored = self._reader.password_hash(actor.id)
        if stored is None:
            if signed_in is None or self._clock.now() - signed_in > FRESH:
                raise PasswordNeeded
        elif password is None or not self._passwords.verify(stored, password):
            raise PasswordNeeded
        return stored


def user_who_gets_in(users: UserRepository, user_id: UserId, now: datetime) -> User:
    """Return the user, locked; raise WrongCredentials if they have left, or AccountBanned."""
    user = users.get(user_id)
    if user is None:
        raise WrongCredentials
    if user.is_banned_at(now):
        raise AccountBanned(user.ban_reason, user.banned_until)
    return user


def known_user(users: UserRepository, user_id: UserId) -> User:
    """Return the user, locked; raise NoSuchUser."""
    user = users.get(user_id)
    if user is None:
        raise NoSuchUser
    return user


def acting_user(users: UserRepository, actor: Actor) -> User:
    """Return the one who asks, locked; raise Unauthenticated if they have left meanwhile."""
    user = users.get(actor.id)
    if user is None:
        raise Unauthenticated
    return user


def governs(actor: Actor, role: Role) -> bool:
    """Tell whether the actor bans whoever has a role: moderators members, admins everybody."""
    needed = Role.ADMIN if role.includes(Role.MODERATOR) else Role.MODERATOR
    return actor.role.includes(needed)


def governed_user(uow: AccountsUnitOfWork, actor: Actor, user_id: UserId) -> User:
    """Return a user whom the actor may ban and unban, locked.

    Raise NoSuchUser, NotAllowed, or NotYourself: whoever lets themselves out cannot let
    themselves in again.
    """
    if not actor.role.includes(Role.MODERATOR):
        raise NotAllowed
    user = known_user(uow.users, user_id)
    if not governs(actor, user.role):
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
        raise AccountBanned(user.ban_reason, user.banned_until)
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
