"""Connections: one engine for transactions that write, one for reads.

SQLite runs in WAL mode with `synchronous=FULL`, so that a commit survives a power
cut, and each writing transaction begins IMMEDIATE, so that it never fails half-way
for a lock it could have waited for.

PostgreSQL runs at READ COMMITTED. What a unit of work hands out is locked until it
ends (`LOCKED`), which gives whoever reads, decides and writes the same order there as
SQLite's only writer has.

Reads use AUTOCOMMIT connections that cannot write. Every connection is asked whether
it still lives before it is lent, so that a database that comes back is used at once. Only
`fetch` does not ask, which would take as long as its read: what it reads it can read again.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Table,
    create_engine,
    delete,
    event,
    make_url,
    select,
    text,
    tuple_,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.sql.selectable import ForUpdateArg

from videohub_core.shared.errors import Unavailable

log = logging.getLogger(__name__)

# FOR NO KEY UPDATE: other writers of the row wait, rows that begin to refer to it do
# not. SQLite leaves it out, since a writing transaction is alone there.
LOCKED = ForUpdateArg(key_share=True)

_BUSY_SECONDS = 5
_READ_SECONDS = 15
_WRITE_SECONDS = 30
_IDLE_SECONDS = 60
# As long as another process may take to migrate.
_MIGRATION_SECONDS = 600
# Any number will do, as long as nothing else in the database locks the same one.
_MIGRATION_LOCK = 0x76696465_6F687562

# What the driver needs to notice a server that vanished without a word.
_LINK = {
    "application_name": "videohub",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}

# What SQLite says when it cannot do now what it could do before: locked by others, no
# memory, no disk. Damage and SQL that is wrong are not among them.
_SQLITE_DOES_NOT_ANSWER = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
# Classes of SQLSTATE: connection lost; rolled back for another transaction's sake
# (deadlock, serialization); no connection, memory or disk left; ended by an operator,
# a shutdown or a time limit; input/output.
_STATES_THAT_DO_NOT_ANSWER = ("08", "40", "53", "57", "58")
_LOCK_NOT_AVAILABLE = "55P03"


class _ConnectionLost(Exception):
    """The other end of a connection is gone."""


class Database:
    """The engines of one database."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        engine = _sqlite_engine if self.is_sqlite else _postgres_engine
        self.writer = engine(self.url, reads=False)
        self.reader = engine(self.url, reads=True)
        self._fetcher = engine(self.url, reads=True, ping=False)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for reads; raise Unavailable if the database does not answer."""
        with translated_errors(), self.reader.connect() as connection:
            yield connection

    def fetch(
        self, text: str, values: Any, *, plan_anew: bool = False
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a select in the driver's own words and values.

        With `plan_anew`, PostgreSQL keeps no plan that is meant for any values.

        Raise Unavailable if the database does not answer. A connection that is found lost
        takes all the others along, and the read is done again over a new one.
        """
        try:
            return self._fetch(text, values, plan_anew)
        except _ConnectionLost:
            self._fetcher.dispose()
        try:
            return self._fetch(text, values, plan_anew)
        except _ConnectionLost as lost:
            log.warning("the database does not answer: %s", lost)
            raise Unavailable from lost

    def _fetch(self, text: str, values: Any, plan_anew: bool) -> list[tuple[Any, ...]]:
        dialect: Any = self._fetcher.dialect
        options = {"prepare": False} if plan_anew and not self.is_sqlite else {}
        connection = None
        try:
            with translated_errors():
                connection = self._fetcher.raw_connection()
            driver: Any = connection.driver_connection
            rows: list[tuple[Any, ...]] = driver.execute(text, values, **options).fetchall()
        except dialect.loaded_dbapi.Error as error:
            if connection is not None:
                lost = dialect.is_disconnect(error, driver, None)
                connection.invalidate()
                if lost:
                    raise _ConnectionLost(str(error).partition("\n")[0]) from error
            wrapped = DBAPIError.instance(None, None, error, dialect.loaded_dbapi.Error)
            raise as_unavailable(wrapped) or wrapped from error
        except BaseException:
            # What the driver does not take, such as half a character, is the caller's fault.
            if connection is not None:
                connection.close()
            raise
        connection.close()
        return rows

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Lend a connection whose one transaction may change the schema.

        Whoever else wants to waits for its end. It is committed if the context ends
        well; otherwise nothing of it has happened.
        """
        begun = _migrating_sqlite if self.is_sqlite else _migrating_postgres
        with translated_errors(), self.writer.connect() as connection:
            # Its settings are no good for anything else.
            connection.detach()
            with begun(connection):
                yield connection

    def close(self) -> None:
        """Close the idle connections of all engines."""
        self._fetcher.dispose()
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
    """Return what to raise if the error means that the database does not answer.

    A transaction that PostgreSQL ended for another one's sake is among these: the same
    call may work later. A commit whose answer got lost is too, though it may have
    happened. SQL that is wrong, or text that no column takes, is not.
    """
    if isinstance(error, DBAPIError) and _does_not_answer(error):
        log.warning("the database does not answer: %s", str(error.orig).partition("\n")[0])
        return Unavailable()
    if isinstance(error, PoolTimeout):
        log.warning("every connection to the database is in use")
        return Unavailable()
    return None


def violates(error: IntegrityError, constraint: str) -> bool:
    """Tell whether the error is about the constraint of this name."""
    if isinstance(error.orig, sqlite3.Error):
        # SQLite names the columns: "UNIQUE constraint failed: users.email".
        _, _, columns = str(error.orig).partition("UNIQUE constraint failed: ")
        table, _, _ = columns.partition(".")
        names = [column.strip().removeprefix(f"{table}.") for column in columns.split(",")]
        return constraint == "_".join(["uq", table, *names])
    return bool(getattr(error.orig, "diag").constraint_name == constraint)  # noqa: B009


def removal(table: Table, condition: ColumnElement[bool]) -> Delete:
    """Return the deletion of rows that are over, save those that somebody is at.

    Two that clean up at once do not wait for each other, and so never in a circle.
    """
    key = table.primary_key.columns
    free = select(*key).where(condition).with_for_update(skip_locked=True)
    return delete(table).where(tuple_(*key).in_(free))


def _does_not_answer(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_OK)
        return (code & 0xFF) in _SQLITE_DOES_NOT_ANSWER
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is None:
        # The driver's own: it got no connection, or lost it.
        return isinstance(error, OperationalError)
    return state.startswith(_STATES_THAT_DO_NOT_ANSWER) or state == _LOCK_NOT_AVAILABLE


def _postgres_engine(url: URL, *, reads: bool, ping: bool = True) -> Engine:
    limits = {
        "timezone": "UTC",
        "lock_timeout": f"{_BUSY_SECONDS}s",
        "statement_timeout": f"{_READ_SECONDS if reads else _WRITE_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{_IDLE_SECONDS}s",
        "default_transaction_read_only": "on" if reads else "off",
    }
    # The operator's options come last and win.
    options = [*(f"-c {name}={value}" for name, value in limits.items())]
    options += [given] if isinstance(given := url.query.get("options"), str) else []
    link = {name: value for name, value in _LINK.items() if name not in url.query}
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT" if reads else "READ COMMITTED",
        pool_pre_ping=ping,
        pool_size=10,
        pool_timeout=_BUSY_SECONDS,
        # A read that commits by itself leaves nothing to roll back.
        pool_reset_on_return=None if reads else "rollback",
        connect_args={**link, "options": " ".join(options)},
        json_deserializer=orjson.loads,
    )


@contextmanager
def _migrating_postgres(connection: Connection) -> Iterator[None]:
    with connection.begin():
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{_MIGRATION_SECONDS}s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        # A table that the hub uses is waited for only shortly: whoever asks for the
        # table after us waits for us.
        connection.execute(text(f"SET LOCAL lock_timeout = '{_BUSY_SECONDS}s'"))
        yield


def _sqlite_engine(url: URL, *, reads: bool, ping: bool = True) -> Engine:
    del ping  # a file does not go away
    engine = create_engine(
        url,
        connect_args={"timeout": _BUSY_SECONDS},
        pool_size=10,
        pool_reset_on_return=None if reads else "rollback",
        json_deserializer=orjson.loads,
    )

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


@contextmanager
def _migrating_sqlite(connection: Connection) -> Iterator[None]:
    cursor = connection.connection.cursor()
    # Changing a table copies it and drops the old one, and with foreign keys on that
    # would delete whatever refers to its rows. Inside a transaction it is too late.
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.execute(f"PRAGMA busy_timeout={_MIGRATION_SECONDS * 1000}")
    cursor.close()
    with connection.begin():
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration left rows that refer to nothing: {broken}")
