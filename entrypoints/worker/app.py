"""The worker process."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from huey.consumer import Consumer

from entrypoints.container import build_container
from entrypoints.edge.logs import configure_logs
from entrypoints.settings import read_settings
from entrypoints.worker.tasks import JobRunner, Sweep

log = logging.getLogger(__name__)

EMBEDDED = "embedded"
"""The name under which the embedded worker holds leases: there is never a second one."""

_FINISH_SECONDS = 8
_WORKERS = 1
_POLL_SECONDS = 0.1


def run_worker(settings_file: Path, *, embedded: bool) -> None:
    """Work until SIGTERM, and if embedded until standard input closes.

    What is not finished within 8 s of the signal is given back to start again.
    """
    settings = read_settings(settings_file)
    configure_logs(settings)
    container = build_container(settings)
    name = EMBEDDED if embedded else f"{socket.gethostname()}:{os.getpid()}"
    if embedded:
        # Only one embedded worker runs on a folder, so these are of one that died.
        container.release_leases()(worker=name, crashed=True)
        container.sandbox().clear()
        _stop_with_parent()
    hints = container.hints()
    hints.serve(JobRunner(container, name))
    sweep = Sweep(container)
    consumer = Consumer(
        hints.huey,
        workers=_WORKERS,
        periodic=False,
        initial_delay=_POLL_SECONDS,
        max_delay=_POLL_SECONDS,
        backoff=1.0,
        graceful_signal="TERM",
        shutdown_timeout=_FINISH_SECONDS,
    )
    sweep.start()
    consumer.run()
    sweep.stop()
    container.release_leases()(worker=name, crashed=False)
    container.database().close()
    # A job that did not finish still runs in its thread; its media child goes with us.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _stop_with_parent() -> None:
    """Turn the end of standard input, which the parent holds open, into SIGTERM."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
