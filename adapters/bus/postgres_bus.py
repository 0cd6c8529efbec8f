"""Hints by LISTEN and NOTIFY of PostgreSQL, which leave with the commit itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from adapters.bus.listening import LISTEN_SECONDS, Listener, ListeningBus
from adapters.bus.wire import encode
from adapters.persistence.database import Database
from videohub_core.shared.bus import Hint

log = logging.getLogger(__name__)

_CHANNEL = "videohub"
_NOTIFY = text(
    "SELECT count(pg_notify(:channel, hint)) FROM unnest(CAST(:hints AS text[])) AS hint"
)


class PostgresBus(ListeningBus):
    """`Bus` through the database."""

    troubles = (OSError, psycopg.Error, SQLAlchemyError)

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @contextmanager
    def leaving(self, session: Session, hints: Sequence[Hint]) -> Iterator[None]:
        if hints:
            session.execute(_NOTIFY, {"channel": _CHANNEL, "hints": encode(hints)})
        yield

    def send(self, hints: Sequence[Hint]) -> None:
        try:
            with Session(self._database.writer) as session, self.leaving(session, hints):
                session.commit()
        except self.troubles as error:
            log.warning("hints were not taken: %s", str(error).partition("\n")[0])

    def hear(self, listener: Listener) -> Iterator[Sequence[str]]:
        with self._database.reader.connect() as connection:
            driver: Any = connection.connection.driver_connection
            # It is in use for good: the pool lends another one.
            connection.detach()
            driver.execute(f"LISTEN {_CHANNEL}")
            yield []
            while listener.is_wanted:
                notifies = driver.notifies(timeout=LISTEN_SECONDS, stop_after=1)
                yield [notify.payload for notify in notifies]

    def close(self) -> None:
        """Nothing: what was published went through the writers' own connections."""
