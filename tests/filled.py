"""Databases with much in them, as planners see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.persistence.database import Database
from tests.postgres import Postgres

KINDS = ("sqlite", "sqlite with statistics", "postgres")
"""The hub makes no statistics in SQLite; whoever runs it may."""


def filled(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    fill: Callable[[Database], None],
) -> Iterator[Database]:
    """Yield the database that the parameter of a fixture names."""
    if request.param == "postgres":
        yield from _postgres(request, fill)
        return
    path: Path = tmp_path_factory.mktemp("filled") / "hub.sqlite3"
    path.write_bytes(request.getfixturevalue("empty_sqlite"))
    database = Database(f"sqlite:///{path}")
    fill(database)
    if request.param != "sqlite":
        with database.writer.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    yield database
    database.close()


def _postgres(
    request: pytest.FixtureRequest, fill: Callable[[Database], None]
) -> Iterator[Database]:
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.create(request.getfixturevalue("empty_postgres"))
    database = Database(server.url(name))
    fill(database)
    with server.admin(name) as admin:
        admin.execute("VACUUM ANALYZE")
    yield database
    database.close()
    server.drop(name)
