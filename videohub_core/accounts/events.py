"""What happens to accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from videohub_core.shared.actor import Role
from videohub_core.shared.events import Event
from videohub_core.shared.ids import UserId


@dataclass(frozen=True)
class UserRegistered(Event):
    """A user exists for the first time."""

    user_id: UserId
    display_name: str


@dataclass(frozen=True)
class PasswordChanged(Event):
    """A user has another password."""

    user_id: UserId


@dataclass(frozen=True)
class AccountRecovered(Event):
    """Whoever reads an account's mail has taken it back, from whoever had its password."""

    user_id: UserId


@dataclass(frozen=True)
class RoleChanged(Event):
    """A user may do more, or less, than before."""

    user_id: UserId
    by: UserId
    role: Role


@dataclass(frozen=True)
class UserBanned(Event):
    """A user is kept out."""

    user_id: UserId
    by: UserId
    reason: str | None
    until: datetime | None


@dataclass(frozen=True)
class UserUnbanned(Event):
    """A user is let in again."""

    user_id: UserId
    by: UserId


@dataclass(frozen=True)
class UserLeft(Event):
    """A user deletes their account; everything of theirs goes in this transaction."""

    user_id: UserId
    by: UserId
