"""One job from lease to end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from videohub_core.jobs.entities import LEASE, JobKind, Lease
from videohub_core.jobs.errors import LeaseLost
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import JobId

log = logging.getLogger(__name__)

_HEARTBEAT_SECONDS = LEASE.total_seconds() / 3


class JobRunner:
    """Does the jobs that hints name; whoever was hinted twice finds the lease taken."""

    def __init__(self, container: Any, worker: str) -> None:
        self._container = container
        self._worker = worker

    def __call__(self, job_id: JobId) -> None:
        try:
            lease = self._container.lease_job()(job_id=job_id, worker=self._worker)
        except Unavailable:
            log.warning("job %s: the database does not answer", job_id)
            return
        if lease is None:
            return
        log.info("job %s: %s, attempt %d", lease.job_id, lease.kind.value, lease.attempt)
        try:
            with self._heartbeat(lease):
                self._use_case(lease.kind)(lease=lease)
        except LeaseLost:
            log.warning("job %s: taken over by another worker", lease.job_id)
        except Exception as error:
            log.exception("job %s: attempt %d failed", lease.job_id, lease.attempt)
            self._retry(lease, error)

    def _retry(self, lease: Lease, error: Exception) -> None:
        try:
            self._container.retry_job()(lease=lease, error=error)
        except (LeaseLost, Unavailable):
            # The lease runs out by itself, and the sweep finds the job.
            log.warning("job %s: is left to the sweep", lease.job_id)

    def _use_case(self, kind: JobKind) -> Callable[..., None]:
        use_cases: dict[JobKind, Callable[[], Callable[..., None]]] = {
            JobKind.PROCESS_VIDEO: self._container.process_video,
            JobKind.RENDER_VIDEO: self._container.render_video,
            JobKind.SETTLE_ORIGINAL: self._container.settle_original,
            JobKind.REMOVE_MEDIA: self._container.remove_media,
            JobKind.REMOVE_FILE: self._container.remove_file,
            JobKind.SEND_MAIL: self._container.send_mail,
            JobKind.INDEX_CAPTIONS: self._container.index_captions,
            JobKind.INDEX_CHANNEL: self._container.index_channel,
            JobKind.FILL_INDEX: self._container.fill_index,
        }
        return use_cases[kind]()

    @contextmanager
    def _heartbeat(self, lease: Lease) -> Iterator[None]:
        """Extend the lease while the job runs; a lost one shows at the next write."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(_HEARTBEAT_SECONDS):
                try:
                    self._container.extend_lease()(lease=lease)
                except LeaseLost:
                    return
                except Unavailable:
                    log.warning("job %s: the lease could not be extended", lease.job_id)

        thread = threading.Thread(target=beat, name=f"heartbeat-{lease.job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


class Lane:
    """Does the jobs of one kind, one after the other, whatever else is going on.

    Mails, since a link to a new password is needed now, and an encoding takes as long as
    it takes; and these encodings, so that they hold up nothing but each other.
    """

    _SECONDS = 1.0
    _AT_ONCE = 20

    def __init__(self, container: Any, run: JobRunner, kind: JobKind) -> None:
        self._container = container
        self._run_job = run
        self._kind = kind
        self._stop = threading.Event()
        # Whoever waits for a relay that does not answer must not hold up the end.
        self._thread = threading.Thread(target=self._run, name=kind.value, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(self._SECONDS):
            try:
                due = self._container.list_due_jobs()(kind=self._kind, limit=self._AT_ONCE)
                for job_id in due:
                    if not self._stop.is_set():
                        self._run_job(job_id)
            except Unavailable:
                log.warning("jobs that wait could not be looked for")
            except Exception:
                log.exception("the lane failed: %s", self._kind.value)


class Sweep:
    """Looks every second for jobs nobody was told of, and every minute for leftovers."""

    _JOBS_SECONDS = 1.0
    _LEFTOVERS_EVERY = 60

    def __init__(self, container: Any) -> None:
        self._container = container
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        rounds = 0
        while True:
            try:
                self._container.hint_due_jobs()()
                if rounds % self._LEFTOVERS_EVERY == 0:
                    self._container.discard_expired_uploads()()
            except Unavailable:
                log.warning("the sweep could not reach the database")
            except Exception:
                log.exception("the sweep failed")
            rounds += 1
            if self._stop.wait(self._JOBS_SECONDS):
                return
