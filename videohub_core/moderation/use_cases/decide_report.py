"""Say what came of a report."""

from __future__ import annotations

from videohub_core.moderation.entities import NOTE_MOST, ReportState
from videohub_core.moderation.errors import NoSuchReport
from videohub_core.moderation.policies import check_moderates
from videohub_core.moderation.ports import ModerationUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.ids import ReportId
from videohub_core.shared.text import text_error


class DecideReport:
    """Decide a report, and along with it all that wait about the same thing."""

    def __init__(self, uow: ModerationUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(
        self, *, actor: Actor, report_id: ReportId, state: ReportState, note: str = ""
    ) -> None:
        """Raise NotAllowed, NoSuchReport or InvalidInput. A decision may be changed."""
        check_moderates(actor)
        note = note.strip()
        error = text_error("/note", note, most=NOTE_MOST)
        if state is ReportState.OPEN:
            error = FieldError("/state", "invalid_choice", "This is resolved or dismissed.")
        if error is not None:
            raise InvalidInput([error])
        now = self._clock.now()
        with self._uow as uow:
            report = uow.reports.get(report_id)
            if report is None:
                raise NoSuchReport
            for one in {report, *uow.reports.open_about(report.kind, report.subject_id)}:
                one.decide(state, note, actor.id, now)
            uow.commit()
