"""What accounts need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from videohub_core.accounts.entities import AccountDetails, Session, User, UserQuery
from videohub_core.invitations.ports import InvitationRepository
from videohub_core.mail.ports import MailUnitOfWork
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.idempotency import IdempotencyRepository
from videohub_core.shared.ids import ChannelId, UserId
from videohub_core.shared.paging import Page, PageRequest


class ChannelRef(NamedTuple):
    """A channel as others show it."""

    id: ChannelId
    title: str


class PublicUser(NamedTuple):
    """A user as others see them."""

    id: UserId
    display_name: str
    channel: ChannelRef


class UserView(NamedTuple):
    """A user as they see themselves."""

    id: UserId
    sub: str | None
    email: str | None
    email_verified: bool
    pending_email: str | None
    phone: str | None
    display_name: str
    locale: str | None
    role: Role
    is_banned: bool
    """Whether a ban is in force at the time of reading."""
    channel: ChannelRef
    created: datetime
    ban_reason: str | None = None
    banned_until: datetime | None = None

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.role)

    @property
    def details(self) -> AccountDetails:
        return AccountDetails(self.display_name, self.locale, self.phone)


@dataclass(frozen=True)
class ListedUser:
    """A user as those list them who look after the hub."""

    id: UserId
    email: str | None
    """None for whoever may not see it."""
    display_name: str
    role: Role
    is_banned: bool
    """Whether a ban is in force at the time of reading."""
    ban_reason: str | None
    banned_until: datetime | None
    created: datetime
    videos: int


@dataclass(frozen=True)
class SessionView:
    """A live session and whose it is."""

    token_hash: str
    user: UserView
    created: datetime
    last_used: datetime
    client: str | None = None

    @property
    def id(self) -> str:
        return Session.public_id(self.token_hash)

    @property
    def expires_at(self) -> datetime:
        return Session.expires_at(self.created, self.last_used)


class UserRepository(Protocol):
    """The users inside one transaction."""

    def add(self, user: User) -> None:
        """Store a new user; raise EmailTaken or IdentityTaken if there is an account."""

    def get(self, user_id: UserId) -> User | None: ...

    def by_email(self, email: str) -> User | None:
        """Return the user with this normalised e-mail."""

    def by_identity(self, issuer: str, sub: str) -> User | None:
        """Return the user whom a provider knows by this."""

    def identify(self, user: User, issuer: str, sub: str) -> None:
        """Let a provider's identity be this user's only one; raise IdentityTaken."""

    def change_email(self, user: User, email: str) -> None:
        """Give the user a proved address; raise EmailTaken if it has an account."""

    def admins(self) -> Sequence[User]:
        """Return everybody with that role, locked against other transactions."""

    def remove(self, user: User) -> None:
        """Delete the user; what is theirs alone goes along."""


class SessionRepository(Protocol):
    """The sessions inside one transaction."""

    def add(self, session: Session) -> None: ...

    def get(self, token_hash: str) -> Session | None: ...

    def remove(self, session: Session) -> None: ...

    def of_user(self, user_id: UserId) -> Sequence[Session]:
        """Return the user's sessions, ended ones perhaps among them."""

    def remove_expired(self, now: datetime) -> None:
        """Delete every session that has ended by its lifetimes."""


class AccountsUnitOfWork(MailUnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def sessions(self) -> SessionRepository: ...

    @property
    def invitations(self) -> InvitationRepository: ...

    @property
    def idempotency(self) -> IdempotencyRepository: ...


class AccountReader(Protocol):
    """Reads accounts for showing, outside any transaction."""

    def session(self, token_hash: str) -> SessionView | None:
        """Return a stored session, expired or not."""

    def sessions_of(self, user_id: UserId) -> Sequence[SessionView]:
        """Return the user's stored sessions, expired or not, the one used last first."""

    def user(self, user_id: UserId) -> UserView | None: ...

    def by_email(self, email: str) -> UserView | None:
        """Return the user with this normalised e-mail."""

    def by_identity(self, issuer: str, sub: str) -> UserView | None:
        """Return the user whom a provider knows by this."""

    def users(self, query: UserQuery, page: PageRequest) -> Page[ListedUser]:
        """Return users, freshest (`created`) first."""

    def password_hash(self, user_id: UserId) -> str | None:
        """Return the hash of a user's password, None if they have none."""

    def password_of(self, email: str) -> tuple[UserId, str | None] | None:
        """Return the id and the password hash of the account with this e-mail."""


class PasswordHasher(Protocol):
    """Hashes passwords slowly, on purpose; raises Unavailable when too many wait."""

    def hash(self, password: str) -> str: ...

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether the password is the one; as slow for no hash as for a wrong one."""


class PhoneSyntax(Protocol):
    """Knows what a phone number is, in the ways people write one."""

    def normalise(self, number: str) -> str:
        """Return the number as E.164; raise ValueError if it is none."""
