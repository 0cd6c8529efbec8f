"""Hints between the processes of one machine, through a small SQLite file.

It is a file of its own, so that nobody waits for the database's only writer, and whoever
listens is woken by hints alone. What is in it may be lost at any time.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from adapters.bus.listening import Listener, ListeningBus
from adapters.bus.wire import EVERYTHING, encode
from videohub_core.shared.bus import Hint

log = logging.getLogger(__name__)

_KEPT = 1000
"""How many hints a listener may be behind before it has to look at everything."""
_POLL_SECONDS = 0.1
_BUSY_SECONDS = 1.0


class SqliteBus(ListeningBus):
    """`Bus` that polls `data_version`, which tells of others' commits without reading."""

    troubles = (OSError, sqlite3.Error)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._writing = threading.Lock()
        self._writer: sqlite3.Connection | None = None

    @contextmanager
    def leaving(self, session: Session, hints: Sequence[Hint]) -> Iterator[None]:
        del session
        yield
        self.send(hints)

    def send(self, hints: Sequence[Hint]) -> None:
        if hints:
            self._publish([(text,) for text in encode(hints)])

    def hear(self, listener: Listener) -> Iterator[Sequence[str]]:
        with closing(self._open()) as connection:
            version = _number(connection, "PRAGMA data_version")
            last = _number(connection, "SELECT coalesce(max(id), 0) FROM hints")
            yield []
            while listener.is_wanted:
                listener.woken.wait(_POLL_SECONDS)
                listener.woken.clear()
                before, version = version, _number(connection, "PRAGMA data_version")
                if version == before:
                    # Somebody may have subscribed meanwhile.
                    yield []
                    continue
                rows = connection.execute(
                    "SELECT id, text FROM hints WHERE id > ? ORDER BY id", (last,)
                ).fetchall()
                if not rows:
                    continue
                missed = [EVERYTHING] if rows[0][0] > last + 1 else []
                last = rows[-1][0]
                yield missed + [text for _, text in rows]

    def close(self) -> None:
        with self._writing:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _publish(self, rows: list[tuple[str]]) -> None:
        try:
            with self._writing:
                if self._writer is None:
                    self._writer = self._open()
                _write(self._writer, rows)
        except self.troubles as error:
            log.warning("hints were not taken: %s", error)
            self.close()
        else:
            self.wake()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # In WAL mode, NORMAL waits for no disk at a commit.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS hints (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"
            )
        except BaseException:
            connection.close()
            raise
        return connection


def _write(connection: sqlite3.Connection, rows: list[tuple[str]]) -> None:
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO hints (text) VALUES (?)", rows)
        connection.execute(
            "DELETE FROM hints WHERE id <= (SELECT max(id) FROM hints) - ?", (_KEPT,)
        )


def _number(connection: sqlite3.Connection, statement: str) -> int:
    (found,) = connection.execute(statement).fetchone()
    return int(found)
