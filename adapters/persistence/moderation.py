"""The audit log as rows. It refers to nothing, since it outlives what it names."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, bindparam, func, select
from sqlalchemy.orm import Session

from adapters.persistence.accounts import users
from adapters.persistence.database import Database
from adapters.persistence.keyset import behind, page_of, page_values
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.persistence.prepared import Prepared
from adapters.persistence.video_rows import videos
from videohub_core.moderation.entities import DETAIL_MOST, AuditEntry
from videohub_core.moderation.ports import AuditView
from videohub_core.shared.paging import Page, PageRequest, Position

audit = Table(
    "audit",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", id_column_type(), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject_kind", String(20), nullable=False),
    Column("subject_id", id_column_type(), nullable=False),
    Column("detail", String(DETAIL_MOST)),
    Index("ix_audit_at", "at", "id"),
)


def map_moderation() -> None:
    mapper_registry.map_imperatively(AuditEntry, audit)


_actors, _subjects = users.alias("actors"), users.alias("subjects")
_ENTRIES = (
    select(
        audit.c.id,
        audit.c.at,
        audit.c.actor_id,
        _actors.c.display_name.label("actor_name"),
        audit.c.action,
        audit.c.subject_kind,
        audit.c.subject_id,
        func.coalesce(_subjects.c.display_name, videos.c.title).label("subject_name"),
        audit.c.detail,
    )
    .outerjoin(_actors, _actors.c.id == audit.c.actor_id)
    .outerjoin(_subjects, _subjects.c.id == audit.c.subject_id)
    .outerjoin(videos, videos.c.id == audit.c.subject_id)
    .order_by(audit.c.at.desc(), audit.c.id.desc())
    .limit(bindparam("limit"))
)
_FIRST = Prepared(_ENTRIES)
_NEXT = Prepared(_ENTRIES.where(behind(audit.c.at, audit.c.id)))


class SqlAudit:
    """`AuditRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entry: AuditEntry) -> None:
        self._session.add(entry)
        self._session.flush()


class SqlAuditReader:
    """`AuditReader` by hot selects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self, request: PageRequest) -> Page[AuditView]:
        statement = _FIRST if request.after is None else _NEXT
        rows = statement.rows(self._database, page_values(request))
        found = [AuditView(*row) for row in rows]
        return page_of(found, request, lambda one: Position(one.at, one.id))
