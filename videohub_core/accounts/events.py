"""What happens to accounts."""

from __future__ import annotations

from dataclasses import dataclass

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
