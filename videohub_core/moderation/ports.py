"""What moderation needs from outside."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

from videohub_core.moderation.entities import AuditEntry
from videohub_core.shared.ids import AuditId, UserId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.shared.unit_of_work import UnitOfWork


class AuditView(NamedTuple):
    """An act as moderators see it; names are null for who is gone, or is nobody's account."""

    id: AuditId
    at: datetime
    actor_id: UserId
    actor_name: str | None
    action: str
    subject_kind: str
    subject_id: str
    subject_name: str | None
    detail: str | None


class AuditRepository(Protocol):
    """The audit log inside one transaction."""

    def add(self, entry: AuditEntry) -> None: ...


class ModerationUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def audit(self) -> AuditRepository: ...


class AuditReader(Protocol):
    """Reads the audit log for showing."""

    def entries(self, request: PageRequest) -> Page[AuditView]:
        """Return acts, the newest first."""
