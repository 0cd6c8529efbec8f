"""What is to be forgotten, what killed processes left behind and which files are missing."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

from videohub_core.shared.errors import Conflict, Unavailable
from videohub_core.videos.use_cases.check_storage import Fault

log = logging.getLogger(__name__)

DAY_SECONDS = 24 * 3600.0
LEFT_OVER = timedelta(days=7)
"""What nobody is asked about has lain here for so long: time enough to notice that an older
database was put back, whose rows do not name the newest files."""
_AGAIN_SECONDS = 600.0
"""How long to wait if the database or the bucket did not answer."""
_FINISH_SECONDS = 1.0
_NAMED_MOST = 100
"""A folder that is not mounted misses every file, and would fill the log with them."""


class Tidying:
    """Compares files with rows at the start and once a day, and deletes what is left over.

    Several workers may do so at once: what one has deleted, another deletes again. It has a
    thread of its own, since a bucket of many files takes long to list.
    """

    def __init__(self, container: Any, *, every: float = DAY_SECONDS) -> None:
        self._container = container
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tidying", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop before the next file; whoever waits for a bucket must not hold up the end."""
        self._stop.set()
        self._thread.join(_FINISH_SECONDS)

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            pause = self._every
            try:
                self._tidy()
            except Conflict as refused:
                log.warning("leftovers are not deleted: %s See `videohub storage`.", refused)
            except Unavailable:
                log.warning("files and rows could not be compared")
                pause = min(_AGAIN_SECONDS, self._every)
            except Exception:
                log.exception("tidying failed")

    def _tidy(self) -> None:
        self._container.fold_views()()
        missing = 0
        for finding in self._container.check_storage()(repair=True, settled=LEFT_OVER):
            if finding.fault is Fault.MISSING:
                missing += 1
                if missing <= _NAMED_MOST:
                    log.warning("video %s: %s is missing", finding.video_id, finding.name)
            else:
                log.info("deleted %s, which nothing named", finding.name)
            if self._stop.is_set():
                return
        if missing > _NAMED_MOST:
            log.warning("%d files are missing in all", missing)
