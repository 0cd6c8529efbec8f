"""Jobs as rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Column, Integer, String, Table, or_, select
from sqlalchemy.orm import Session

from adapters.persistence.database import LOCKED
from adapters.persistence.metadata import (
    UtcDateTime,
    enum_column_type,
    id_column_type,
    mapper_registry,
)
from videohub_core.jobs.entities import Job, JobKind, Lease
from videohub_core.jobs.errors import LeaseLost
from videohub_core.shared.ids import JobId

jobs = Table(
    "jobs",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column("kind", enum_column_type(JobKind), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("spared", Integer, nullable=False, server_default="0"),
    Column("leased_by", String(100), index=True),
    Column("leased_until", UtcDateTime),
    Column("last_error", String(500)),
)

_LONG = [kind for kind in JobKind if kind.takes_long]


def map_jobs() -> None:
    mapper_registry.map_imperatively(Job, jobs)


class SqlJobs:
    """`JobRepository` over one ORM session."""

    def __init__(self, session: Session, added: Callable[[JobId], None]) -> None:
        self._session = session
        self._added = added

    def add(self, job: Job) -> None:
        self._session.add(job)
        self._session.flush()
        if not job.kind.takes_long:
            self._added(job.id)

    def get(self, job_id: JobId) -> Job | None:
        return self._session.get(Job, job_id, with_for_update=LOCKED)

    def held(self, lease: Lease) -> Job:
        job = self.get(lease.job_id)
        if job is None:
            raise LeaseLost
        job.check(lease)
        return job

    def due(self, now: datetime, limit: int, kind: JobKind | None = None) -> Sequence[JobId]:
        free = or_(jobs.c.leased_until.is_(None), jobs.c.leased_until <= now)
        due = select(jobs.c.id).where(jobs.c.next_at <= now, free)
        due = due.where(jobs.c.kind.not_in(_LONG) if kind is None else jobs.c.kind == kind)
        return self._session.scalars(due.order_by(jobs.c.next_at).limit(limit)).all()

    def leased_by(self, worker: str) -> Sequence[Job]:
        return self._session.scalars(
            select(Job).where(jobs.c.leased_by == worker).with_for_update(key_share=True)
        ).all()

    def subjects(self, kind: JobKind) -> Sequence[str]:
        return self._session.scalars(select(jobs.c.subject).where(jobs.c.kind == kind)).all()

    def remove(self, job: Job) -> None:
        self._session.delete(job)
        self._session.flush()
