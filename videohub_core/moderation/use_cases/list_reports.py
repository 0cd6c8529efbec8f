"""See what members have reported."""

from __future__ import annotations

from videohub_core.moderation.entities import ReportState
from videohub_core.moderation.errors import NoSuchReport
from videohub_core.moderation.policies import check_moderates
from videohub_core.moderation.ports import ReportReader, ReportView
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import ReportId
from videohub_core.shared.paging import Page, PageRequest


class ListReports:
    """Return a page of reports in a state, the newest first; for moderators and admins."""

    def __init__(self, reader: ReportReader) -> None:
        self._reader = reader

    def __call__(
        self, *, actor: Actor, page: PageRequest, state: ReportState = ReportState.OPEN
    ) -> Page[ReportView]:
        check_moderates(actor)
        return self._reader.in_state(state, page)

    def one(self, *, actor: Actor, report_id: ReportId) -> ReportView:
        """Return a report; raise NoSuchReport."""
        check_moderates(actor)
        report = self._reader.get(report_id)
        if report is None:
            raise NoSuchReport
        return report
