"""What mailed links need from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.ids import UserId
from videohub_core.verification.entities import MailedLink, Purpose


class MailedLinkRepository(Protocol):
    """The links inside one transaction."""

    def add(self, link: MailedLink) -> None: ...

    def user_of(self, token_hash: str) -> UserId | None:
        """Return whose link it is, without locking anything."""

    def get(self, token_hash: str) -> MailedLink | None: ...

    def remove_of(self, user_id: UserId, purpose: Purpose) -> None:
        """Delete every link of the user for that purpose: what they are for is done."""

    def remove_expired(self, now: datetime) -> None:
        """Delete every link that is over."""


class VerificationUnitOfWork(AccountsUnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def links(self) -> MailedLinkRepository: ...
