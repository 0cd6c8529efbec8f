"""Connections: one engine for transactions that write, one for reads.

SQLite runs in WAL mode with `synchronous=FULL`, so that a commit survives a power
cut, and each writing transaction begins IMMEDIATE, so that it never fails half-way
for a lock it could have waited for. Reads use AUTOCOMMIT connections that cannot
write.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from videohub_core.shared.errors import Unavailable

_BUSY_SECONDS = 5


class Database:
    """The two engines of one database."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.writer = _sqlite_engine(url, reads=False) if self._is_sqlite else _engine(url)
        if self._is_sqlite:
            self.reader = _sqlite_engine(url, reads=True)
        else:
            self.reader = self.writer.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def _is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for reads; raise Unavailable if the database does not answer."""
        with translated_errors(), self.reader.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close the idle connections of both engines."""
        self.reader.dispose()
        self.writer.dispose()


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn a database that does not answer into Unavailable."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        unavailable = as_unavailable(error)
        if unavailable is None:
            raise
        raise unavailable from error


def as_unavailable(error: BaseException | None) -> Unavailable | None:
    """Return what to raise if the error means that the database does not answer."""
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        return Unavailable()
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Unavailable()
    return None


def _engine(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=10, pool_timeout=_BUSY_SECONDS)


def _sqlite_engine(url: str, *, reads: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, pool_size=10)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions of its own (it would begin DEFERRED).
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        if reads:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    if not reads:

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
