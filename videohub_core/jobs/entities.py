"""A job and the lease a worker holds on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from videohub_core.jobs.errors import LeaseLost
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import JobId

LEASE = timedelta(seconds=30)
_OUTAGE = timedelta(seconds=30)


class JobKind(Enum):
    """What there is to do; `subject` of the job says to what."""

    PROCESS_VIDEO = "process_video"
    RENDER_VIDEO = "render_video"
    SETTLE_ORIGINAL = "settle_original"
    REMOVE_MEDIA = "remove_media"
    REMOVE_FILE = "remove_file"
    SEND_MAIL = "send_mail"
    INDEX_CAPTIONS = "index_captions"
    INDEX_CHANNEL = "index_channel"
    FILL_INDEX = "fill_index"

    @property
    def pauses(self) -> tuple[timedelta, ...]:
        """How long to wait after each failed attempt but the last."""
        return _PATIENT if self in _PATIENTLY else _USUAL

    @property
    def takes_long(self) -> bool:
        """Whether it has a lane of its own, where it holds up nobody else's work."""
        return self in (JobKind.RENDER_VIDEO, JobKind.INDEX_CHANNEL, JobKind.FILL_INDEX)

    @property
    def attempts_most(self) -> int:
        return len(self.pauses) + 1


_USUAL = (timedelta(seconds=5), timedelta(seconds=60))
# For about a day. Who greylists wants another try after minutes (RFC 6647), and a relay
# that is away may be so for hours.
_PATIENT = (
    timedelta(seconds=30),
    *(timedelta(minutes=minutes) for minutes in (2, 5, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 4, 8, 8)),
)
_PATIENTLY = (
    *(JobKind.SEND_MAIL, JobKind.SETTLE_ORIGINAL),
    *(JobKind.INDEX_CAPTIONS, JobKind.INDEX_CHANNEL, JobKind.FILL_INDEX),
)


@dataclass(frozen=True)
class Lease:
    """The right to work on a job until it is extended, lost or given back.

    `exhausted` says that every attempt is spent: the holder may only give up.
    """

    job_id: JobId
    kind: JobKind
    subject: str
    attempt: int
    exhausted: bool = False


@dataclass(eq=False, kw_only=True)
class Job(Aggregate):
    """One piece of work; the row is deleted when the work is done."""

    id: JobId
    kind: JobKind
    subject: str
    created: datetime
    next_at: datetime
    attempts: int = 0
    """How many leases there were, so that each has a number of its own."""
    spared: int = 0
    """How many of them do not count towards the most."""
    leased_by: str | None = None
    leased_until: datetime | None = None
    last_error: str | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether a worker may take the job now."""
        free = self.leased_until is None or self.leased_until <= now
        return free and self.next_at <= now

    def lease(self, worker: str, now: datetime) -> Lease:
        """Give the job to a worker; each lease is one attempt."""
        exhausted = self.counted >= self.kind.attempts_most
        self.attempts += 1
        self.leased_by = worker
        self.leased_until = now + LEASE
        return Lease(self.id, self.kind, self.subject, self.attempts, exhausted)

    def check(self, lease: Lease) -> None:
        """Raise LeaseLost unless the lease is the newest one and not given back."""
        if self.leased_by is None or self.attempts != lease.attempt:
            raise LeaseLost

    def extend(self, now: datetime) -> None:
        self.leased_until = now + LEASE

    @property
    def counted(self) -> int:
        """How many attempts there were that the job is to blame for."""
        return self.attempts - self.spared

    def count_anew(self) -> None:
        """Count this attempt as the first: it has got somewhere."""
        self.spared = self.attempts - 1

    def give_back(self) -> None:
        """Spare the attempt: the worker stops for a reason that is not the job's."""
        self.spared += 1
        self.leased_by = self.leased_until = None

    def wait(self, now: datetime, reason: str) -> None:
        """Spare the attempt, since what it needs is not there now, and try again later."""
        self.give_back()
        self.next_at = now + _OUTAGE
        self.last_error = _printable(reason)

    def retry_later(self, now: datetime, reason: str) -> None:
        """End a failed attempt; the next one waits longer each time."""
        self.leased_by = self.leased_until = None
        pauses = self.kind.pauses
        self.next_at = now + pauses[min(self.counted, len(pauses)) - 1]
        self.last_error = _printable(reason)


def _printable(reason: str) -> str:
    """Return what any database stores of an exception's text."""
    return ascii(reason)[1:-1][:500]
