"""Leases: who works on what, and what happens when they do not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.entities import make_job
from tests.fakes.simple import FakeClock, FakeHints
from tests.fakes.storage import FakeStorage
from videohub_core.jobs.entities import LEASE, Job, JobKind
from videohub_core.jobs.errors import LeaseLost
from videohub_core.jobs.use_cases.extend_lease import ExtendLease
from videohub_core.jobs.use_cases.hint_due_jobs import HintDueJobs
from videohub_core.jobs.use_cases.lease_job import LeaseJob
from videohub_core.jobs.use_cases.release_leases import ReleaseLeases
from videohub_core.jobs.use_cases.retry_job import RetryJob
from videohub_core.shared.errors import OutOfSpace, Unavailable

ATTEMPTS_MOST = JobKind.PROCESS_VIDEO.attempts_most


@pytest.fixture
def job(fake_storage: FakeStorage, clock: FakeClock) -> Job:
    job = make_job(next_at=clock.now())
    with fake_storage.uow() as uow:
        uow.jobs.add(job)
        uow.commit()
    return job


@pytest.fixture
def lease_job(fake_storage: FakeStorage, clock: FakeClock) -> LeaseJob:
    return LeaseJob(fake_storage.uow(), clock)


def test_a_job_has_one_worker(job: Job, lease_job: LeaseJob) -> None:
    assert lease_job(job_id=job.id, worker="one") is not None
    assert lease_job(job_id=job.id, worker="two") is None


def test_a_job_that_is_done_is_nobodys(lease_job: LeaseJob) -> None:
    assert lease_job(job_id=make_job().id, worker="one") is None


def test_a_worker_that_is_silent_loses_its_job(
    job: Job, lease_job: LeaseJob, fake_storage: FakeStorage, clock: FakeClock
) -> None:
    first = lease_job(job_id=job.id, worker="one")
    assert first is not None
    clock.pass_(LEASE)
    assert lease_job(job_id=job.id, worker="two") is not None
    with pytest.raises(LeaseLost):
        ExtendLease(fake_storage.uow(), clock)(lease=first)


def test_a_heartbeat_keeps_the_job(
    job: Job, lease_job: LeaseJob, fake_storage: FakeStorage, clock: FakeClock
) -> None:
    lease = lease_job(job_id=job.id, worker="one")
    assert lease is not None
    for _ in range(5):
        clock.pass_(LEASE - timedelta(seconds=1))
        ExtendLease(fake_storage.uow(), clock)(lease=lease)
    assert lease_job(job_id=job.id, worker="two") is None


def test_a_failed_attempt_waits_longer_each_time(
    job: Job, lease_job: LeaseJob, fake_storage: FakeStorage, clock: FakeClock
) -> None:
    waits = []
    for _ in range(2):
        lease = lease_job(job_id=job.id, worker="one")
        assert lease is not None
        RetryJob(fake_storage.uow(), clock)(lease=lease, error=ZeroDivisionError("on fire"))
        assert lease_job(job_id=job.id, worker="one") is None
        stored = fake_storage.rows.jobs[job.id]
        assert stored.last_error == "ZeroDivisionError: on fire"
        waits.append(stored.next_at - clock.now())
        clock.pass_(waits[-1])
    assert waits == sorted(set(waits))


def test_after_three_crashes_the_attempts_are_spent(
    job: Job, lease_job: LeaseJob, fake_storage: FakeStorage
) -> None:
    for attempt in range(ATTEMPTS_MOST):
        lease = lease_job(job_id=job.id, worker="embedded")
        assert lease is not None
        assert (lease.attempt, lease.exhausted) == (attempt + 1, False)
        assert ReleaseLeases(fake_storage.uow())(worker="embedded", crashed=True) == 1
    lease = lease_job(job_id=job.id, worker="embedded")
    assert lease is not None
    assert lease.exhausted


def test_a_worker_that_stops_in_peace_costs_no_attempt(
    job: Job, lease_job: LeaseJob, fake_storage: FakeStorage
) -> None:
    for _ in range(ATTEMPTS_MOST + 2):
        lease = lease_job(job_id=job.id, worker="embedded")
        assert lease is not None
        assert not lease.exhausted
        ReleaseLeases(fake_storage.uow())(worker="embedded", crashed=False)


def test_the_sweep_hints_at_what_waits_and_at_nothing_else(
    job: Job, lease_job: LeaseJob, fake_storage: FakeStorage, clock: FakeClock, hints: FakeHints
) -> None:
    hints.hinted.clear()
    sweep = HintDueJobs(fake_storage.uow(), hints, clock)
    assert sweep() == 1
    lease_job(job_id=job.id, worker="one")
    assert sweep() == 0
    clock.pass_(LEASE)
    assert sweep() == 1
    assert hints.hinted == [job.id, job.id]


@pytest.mark.parametrize("outage", [Unavailable(), OutOfSpace()])
def test_an_outage_costs_no_attempt(
    job: Job,
    lease_job: LeaseJob,
    fake_storage: FakeStorage,
    clock: FakeClock,
    outage: Exception,
) -> None:
    for _ in range(ATTEMPTS_MOST + 2):
        lease = lease_job(job_id=job.id, worker="one")
        assert lease is not None
        assert not lease.exhausted
        RetryJob(fake_storage.uow(), clock)(lease=lease, error=outage)
        assert lease_job(job_id=job.id, worker="one") is None
        clock.pass_(timedelta(minutes=1))


def test_the_sweep_adds_nothing_to_a_queue_that_is_behind(
    job: Job, fake_storage: FakeStorage, clock: FakeClock, hints: FakeHints
) -> None:
    hints.hinted.clear()
    hints.behind = True
    assert HintDueJobs(fake_storage.uow(), hints, clock)() == 0
    assert hints.hinted == []
