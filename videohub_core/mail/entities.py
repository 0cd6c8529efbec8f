"""What is to be mailed, and what leaves the hub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import JobId, UserId


class MailKind(Enum):
    """What a mail says; each has its words in every language."""

    VERIFY_EMAIL = "verify_email"
    EMAIL_IN_USE = "email_in_use"
    RESET_PASSWORD = "reset_password"  # nosec B105 - a name
    PASSWORD_CHANGED = "password_changed"  # nosec B105 - a name
    CONFIRM_NEW_EMAIL = "confirm_new_email"
    EMAIL_CHANGES = "email_changes"


@dataclass(eq=False, kw_only=True)
class Mail(Aggregate):
    """A mail that waits; the job of the same id sends it. It holds no secret.

    `user_id` is None where only the address is known: who it belongs to is looked up when
    the mail is sent.
    """

    id: JobId
    kind: MailKind
    address: str
    user_id: UserId | None
    locale: str | None
    """The language of whoever asked; the one that the member has chosen wins."""
    created: datetime


@dataclass(frozen=True)
class Message:
    """A mail to one address, ready to be put into words.

    Sent again, it has the same `key`, by which whoever receives both can tell.
    """

    key: str
    kind: MailKind
    to: str
    locale: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    """What the words mention: `name`, `token`."""
