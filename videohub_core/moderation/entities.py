"""What is kept of acts that others answer for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import AuditId, ReportId, UserId

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


REPORT_MOST = 2_000
NOTE_MOST = 1_000


class ReportKind(Enum):
    """What a report is about."""

    VIDEO = "video"
    COMMENT = "comment"
    USER = "user"


class ReportReason(Enum):
    """What a member finds wrong."""

    SPAM = "spam"
    ABUSE = "abuse"
    SEXUAL = "sexual"
    VIOLENCE = "violence"
    DANGEROUS = "dangerous"
    COPYRIGHT = "copyright"
    PRIVACY = "privacy"
    OTHER = "other"


class ReportState(Enum):
    """What came of a report."""

    OPEN = "open"
    RESOLVED = "resolved"
    """Something was done about it."""
    DISMISSED = "dismissed"
    """There is nothing to do."""


@dataclass(eq=False, kw_only=True)
class Report(Aggregate):
    """A member finds that something is wrong with something. One for each member and thing."""

    id: ReportId
    kind: ReportKind
    subject_id: str
    reporter_id: UserId
    reason: ReportReason
    text: str
    created: datetime
    state: ReportState = ReportState.OPEN
    decided_at: datetime | None = None
    decided_by: UserId | None = None
    note: str = ""

    def renew(self, reason: ReportReason, text: str, now: datetime) -> None:
        """Take over what the member says now; one that was decided waits again."""
        if self.state is not ReportState.OPEN:
            self.created = now
        self.reason, self.text, self.state = reason, text, ReportState.OPEN
        self.decided_at = self.decided_by = None
        self.note = ""

    def decide(self, state: ReportState, note: str, by: UserId, now: datetime) -> None:
        self.state, self.note = state, note
        self.decided_by, self.decided_at = by, now
