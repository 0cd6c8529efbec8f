"""What there is of a database; for the operator. Passwords are left out."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from adapters.persistence import schema
from adapters.persistence.database import Database
from videohub_core.shared.errors import Unavailable

POSTGRES_LEAST = (13,)


@dataclass(frozen=True)
class DatabaseCheck:
    """A database as it is named, and how far it is ready; `problem` says why it is not."""

    url: str
    server: str = ""
    """Which one it is, with its version; empty if it does not answer."""
    is_new_enough: bool = True
    exists: bool = True
    schema_is_current: bool = False
    problem: str | None = None


def check_database(url: str) -> DatabaseCheck:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return DatabaseCheck("the database", problem="its address cannot be read")
    shown = parsed.set(query={}).render_as_string()
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        # Looking would make it.
        return _missing_sqlite(shown, Path(str(parsed.database)).parent)
    database = Database(url)
    try:
        return _check(database, shown)
    except (Unavailable, DBAPIError) as error:
        return DatabaseCheck(shown, problem=_reason(error, parsed))
    finally:
        database.close()


def _missing_sqlite(shown: str, folder: Path) -> DatabaseCheck:
    if not folder.is_dir():
        return DatabaseCheck(shown, problem=f"there is no folder {folder}")
    return DatabaseCheck(shown, f"SQLite {sqlite3.sqlite_version}", exists=False)


def _check(database: Database, shown: str) -> DatabaseCheck:
    current = schema.is_current(database)
    if database.is_sqlite:
        server, new_enough = f"SQLite {sqlite3.sqlite_version}", True
    else:
        with database.reading() as connection:
            found = connection.dialect.server_version_info or ()
        server = f"PostgreSQL {'.'.join(map(str, found))}"
        new_enough = found >= POSTGRES_LEAST
    return DatabaseCheck(shown, server, new_enough, schema_is_current=current)


def _reason(error: BaseException, url: URL) -> str:
    cause = error.__cause__ if isinstance(error, Unavailable) else error
    said = str(getattr(cause, "orig", cause) or error).strip().partition("\n")[0]
    return said.replace(str(url.password), "***") if url.password else said
