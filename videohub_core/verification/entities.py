"""A link that was mailed, and what it is good for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from videohub_core.accounts.entities import User
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import UserId, hash_of
from videohub_core.verification.errors import LinkNotValid


class Purpose(Enum):
    """What a link does for whoever brings it."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # nosec B105 - a name

    @property
    def lasts(self) -> timedelta:
        return timedelta(hours=1 if self is Purpose.RESET_PASSWORD else 24)


@dataclass(eq=False, kw_only=True)
class MailedLink(Aggregate):
    """A link for one address of one user, good for one use. Only its hash is stored.

    One mail may make several: it is made when the mail is sent, and a mail that may have
    left is sent again.
    """

    token_hash: str
    purpose: Purpose
    user_id: UserId
    email: str
    made_for: str
    """Stands for the password that the user had; another one ends the link."""
    expires_at: datetime

    @classmethod
    def make(
        cls, token: str, purpose: Purpose, user: User, email: str, now: datetime
    ) -> MailedLink:
        return cls(
            token_hash=hash_of(token),
            purpose=purpose,
            user_id=user.id,
            email=email,
            made_for=stamp(user),
            expires_at=now + purpose.lasts,
        )

    def check(self, purpose: Purpose, user: User | None, now: datetime) -> User:
        """Return whose link it is; raise LinkNotValid if it is not good for this any more."""
        if user is None or self.purpose is not purpose or self.expires_at <= now:
            raise LinkNotValid
        if self.email not in (user.email, user.pending_email):
            raise LinkNotValid
        if purpose is Purpose.RESET_PASSWORD and (
            self.email != user.email or self.made_for != stamp(user)
        ):
            raise LinkNotValid
        return user


def stamp(user: User) -> str:
    """Return what changes with the user's password, and tells nothing of it."""
    return hash_of(user.password_hash or "")
