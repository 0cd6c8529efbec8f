"""The worker process."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from entrypoints.container import build_container
from entrypoints.edge.data_lock import EmbeddedWorkerLock
from entrypoints.edge.logs import configure_logs
from entrypoints.settings import read_settings
from entrypoints.worker.tasks import JobRunner, Lane, Sweep
from entrypoints.worker.tidying import Tidying
from videohub_core.jobs.entities import JobKind
from videohub_core.shared.errors import Unavailable

log = logging.getLogger(__name__)

EMBEDDED = "embedded"
"""The name under which the embedded worker holds leases: there is never a second one."""

_FINISH_SECONDS = 8
# Two, so that one long video does not hold up everybody else's.
_WORKERS = 2
_LANES = (
    *(JobKind.SEND_MAIL, JobKind.RENDER_VIDEO),
    *(JobKind.INDEX_CHANNEL, JobKind.FILL_INDEX),
)
_POLL_SECONDS = 0.1
_POLL_DATABASE_SECONDS = 2.0


def run_worker(settings_file: Path, *, embedded: bool) -> None:
    """Work until SIGTERM, and if embedded until standard input closes.

    What is not finished within 8 s of the signal is given back to start again.
    """
    settings = read_settings(settings_file)
    configure_logs(settings)
    container = build_container(settings)
    name = EMBEDDED if embedded else f"{socket.gethostname()}:{os.getpid()}"
    if embedded:
        _stop_with_parent()
        # Held until this process ends; from here on what is leased is of one that died.
        _lock = EmbeddedWorkerLock(settings.data_dir)
        _wait_for_database(lambda: container.release_leases()(worker=name, crashed=True))
        container.sandbox().clear()
    hints = container.hints()
    # After the queue, which knows what of Huey not to load.
    huey = hints.huey
    from huey.consumer import Consumer

    runner = JobRunner(container, name)
    hints.serve(runner)
    sweep = Sweep(container)
    tidying = Tidying(container)
    lanes = [Lane(container, runner, kind) for kind in _LANES]
    consumer = Consumer(
        huey,
        workers=_WORKERS,
        periodic=False,
        initial_delay=_POLL_SECONDS,
        max_delay=_POLL_SECONDS,
        backoff=1.0,
        graceful_signal="TERM",
        shutdown_timeout=_FINISH_SECONDS,
    )
    sweep.start()
    tidying.start()
    for lane in lanes:
        lane.start()
    consumer.run()
    for lane in lanes:
        lane.stop()
    tidying.stop()
    sweep.stop()
    try:
        container.release_leases()(worker=name, crashed=False)
    except Unavailable:
        log.warning("the leases run out by themselves: the database does not answer")
    container.bus().close()
    container.database().close()
    # A job that did not finish still runs in its thread; its media child goes with us.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _wait_for_database(call: Callable[[], object]) -> None:
    """Do what the work cannot begin without, as soon as the database answers."""
    pause = threading.Event()
    while True:
        try:
            call()
        except Unavailable:
            log.warning("the database does not answer yet")
            pause.wait(_POLL_DATABASE_SECONDS)
        else:
            return


def _stop_with_parent() -> None:
    """Turn the end of standard input, which the parent holds open, into SIGTERM."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
