"""Reports as rows. They outlive what they are about, and go with whoever made them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from adapters.persistence.accounts import users
from adapters.persistence.comments import comments
from adapters.persistence.database import Database
from adapters.persistence.keyset import behind, page_of, page_values
from adapters.persistence.metadata import (
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from adapters.persistence.prepared import Prepared
from adapters.persistence.video_rows import videos
from videohub_core.moderation.entities import Report, ReportKind, ReportReason, ReportState
from videohub_core.moderation.ports import ReportView
from videohub_core.shared.errors import Unauthenticated
from videohub_core.shared.ids import ReportId, UserId
from videohub_core.shared.paging import Page, PageRequest, Position

reports = Table(
    "reports",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column("kind", enum_column_type(ReportKind), nullable=False),
    Column("subject_id", id_column_type(), nullable=False),
    Column(
        "reporter_id",
        id_column_type(),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("reason", enum_column_type(ReportReason), nullable=False),
    Column("text", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("state", enum_column_type(ReportState), nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", id_column_type()),
    Column("note", Text, nullable=False),
    Index("ix_reports_state", "state", "created", "id"),
    Index(
        "uq_reports_kind_subject_id_reporter_id",
        "kind",
        "subject_id",
        "reporter_id",
        unique=True,
    ),
)


def map_reports() -> None:
    mapper_registry.map_imperatively(Report, reports)


EXCERPT = 200
"""How many characters of a comment stand for it."""

_reporters, _deciders, _members = (users.alias(name) for name in ("r", "d", "m"))
_REPORTS = (
    select(
        reports.c.id,
        reports.c.kind,
        reports.c.subject_id,
        func.coalesce(
            videos.c.title,
            func.substr(comments.c.text, 1, EXCERPT),
            _members.c.display_name,
        ).label("subject_name"),
        reports.c.reporter_id,
        _reporters.c.display_name.label("reporter_name"),
        reports.c.reason,
        reports.c.text,
        reports.c.created,
        reports.c.state,
        reports.c.decided_at,
        reports.c.decided_by,
        _deciders.c.display_name.label("decider_name"),
        reports.c.note,
        comments.c.video_id,
    )
    .join(_reporters, _reporters.c.id == reports.c.reporter_id)
    .outerjoin(_deciders, _deciders.c.id == reports.c.decided_by)
    .outerjoin(
        videos,
        and_(reports.c.kind == ReportKind.VIDEO, videos.c.id == reports.c.subject_id),
    )
    .outerjoin(
        comments,
        and_(
            reports.c.kind == ReportKind.COMMENT,
            comments.c.id == reports.c.subject_id,
            comments.c.deleted.is_(False),
        ),
    )
    .outerjoin(
        _members,
        and_(reports.c.kind == ReportKind.USER, _members.c.id == reports.c.subject_id),
    )
)
_ONE = Prepared(_REPORTS.where(reports.c.id == bindparam("report_id")))
_IN_STATE = (
    _REPORTS.where(reports.c.state == bindparam("state"))
    .order_by(reports.c.created.desc(), reports.c.id.desc())
    .limit(bindparam("limit"))
)
_FIRST = Prepared(_IN_STATE)
_NEXT = Prepared(_IN_STATE.where(behind(reports.c.created, reports.c.id)))


class SqlReports:
    """`ReportRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, report: Report) -> None:
        self._session.add(report)
        try:
            self._session.flush()
        except IntegrityError as error:
            # The reporter is locked, so that it is not there twice: they are gone.
            raise Unauthenticated from error

    def get(self, report_id: ReportId) -> Report | None:
        # A decision holds all about the same thing, in one order, this one among them.
        this, same = reports.alias(), reports
        self._session.scalars(
            select(Report)
            .join(this, (this.c.kind == same.c.kind) & (this.c.subject_id == same.c.subject_id))
            .where(this.c.id == report_id)
            .order_by(same.c.id)
            .with_for_update(key_share=True, of=same)
        ).all()
        return self._session.get(Report, report_id)

    def of(self, kind: ReportKind, subject_id: str, reporter_id: UserId) -> Report | None:
        # Two at once by one member: the second waits for the first.
        self._session.execute(
            select(users.c.id).where(users.c.id == reporter_id).with_for_update(key_share=True)
        )
        return self._session.scalars(
            select(Report)
            .where(
                reports.c.kind == kind,
                reports.c.subject_id == subject_id,
                reports.c.reporter_id == reporter_id,
            )
            .with_for_update(key_share=True)
        ).one_or_none()

    def open_about(self, kind: ReportKind, subject_id: str) -> Sequence[Report]:
        return self._session.scalars(
            select(Report)
            .where(
                reports.c.kind == kind,
                reports.c.subject_id == subject_id,
                reports.c.state == ReportState.OPEN,
            )
            .order_by(reports.c.id)
            .with_for_update(key_share=True)
        ).all()


class SqlReportReader:
    """`ReportReader` by hot selects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, report_id: ReportId) -> ReportView | None:
        row = _ONE.first(self._database, {"report_id": report_id})
        return None if row is None else ReportView(*row)

    def in_state(self, state: ReportState, request: PageRequest) -> Page[ReportView]:
        values = {**page_values(request), "state": state}
        statement = _FIRST if request.after is None else _NEXT
        found = [ReportView(*row) for row in statement.rows(self._database, values)]
        return page_of(found, request, lambda one: Position(one.created, one.id))
