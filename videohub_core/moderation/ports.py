"""What moderation needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from videohub_core.moderation.entities import (
    AuditEntry,
    Report,
    ReportKind,
    ReportReason,
    ReportState,
)
from videohub_core.shared.ids import AuditId, ReportId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.shared.unit_of_work import UnitOfWork
from videohub_core.videos.ports import VideoRepository


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


class ReportView(NamedTuple):
    """A report as moderators see it; a name is null for what is gone."""

    id: ReportId
    kind: ReportKind
    subject_id: str
    subject_name: str | None
    """The title of a video, the beginning of a comment, the name of a user."""
    reporter_id: UserId
    reporter_name: str
    reason: ReportReason
    text: str
    created: datetime
    state: ReportState
    decided_at: datetime | None
    decided_by: UserId | None
    decider_name: str | None
    note: str
    video_id: VideoId | None
    """Of a comment that is there."""


class AuditRepository(Protocol):
    """The audit log inside one transaction."""

    def add(self, entry: AuditEntry) -> None: ...


class ReportRepository(Protocol):
    """The reports inside one transaction."""

    def add(self, report: Report) -> None: ...

    def get(self, report_id: ReportId) -> Report | None:
        """Return the report, locked."""

    def of(self, kind: ReportKind, subject_id: str, reporter_id: UserId) -> Report | None:
        """Return what a member has reported about something, locked."""

    def open_about(self, kind: ReportKind, subject_id: str) -> Sequence[Report]:
        """Return what waits to be decided about something, locked."""


class ModerationUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def audit(self) -> AuditRepository: ...

    @property
    def reports(self) -> ReportRepository: ...

    @property
    def videos(self) -> VideoRepository: ...


class AuditReader(Protocol):
    """Reads the audit log for showing."""

    def entries(self, request: PageRequest) -> Page[AuditView]:
        """Return acts, the newest first."""


class ReportReader(Protocol):
    """Reads reports for showing."""

    def get(self, report_id: ReportId) -> ReportView | None: ...

    def in_state(self, state: ReportState, request: PageRequest) -> Page[ReportView]:
        """Return the reports in a state, the newest first."""
