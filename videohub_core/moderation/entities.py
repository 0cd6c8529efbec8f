"""What is kept of acts that others answer for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import AuditId, UserId

DETAIL_MOST = 600


@dataclass(eq=False, kw_only=True)
class AuditEntry(Aggregate):
    """One act: who did what to whom, when. It outlives those it names."""

    id: AuditId
    at: datetime
    actor_id: UserId
    action: str
    subject_kind: str
    subject_id: str
    detail: str | None = None
