"""What SQLite must be told to do, and what happens when it does not answer."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from adapters.persistence import schema
from adapters.persistence.database import Database, violates
from tests.conftest import SqlStorage
from tests.factories.entities import make_channel, make_user
from videohub_core.shared.errors import Unavailable


def pragma(database: Database, name: str) -> object:
    with database.writer.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_a_commit_survives_a_power_cut(sqlite: Database) -> None:
    assert pragma(sqlite, "journal_mode") == "wal"
    assert pragma(sqlite, "synchronous") == 2


def test_foreign_keys_hold(sqlite_storage: SqlStorage) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"), sqlite_storage.uow() as uow:
        uow.channels.add(make_channel(make_user()))


def test_a_database_that_stays_locked_is_unavailable(
    sqlite: Database, sqlite_storage: SqlStorage
) -> None:
    with sqlite.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    other = sqlite3.connect(str(sqlite.url.database), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable), sqlite_storage.uow() as uow:
        uow.users.get(make_user().id)
    other.execute("ROLLBACK")
    other.close()
    with sqlite_storage.uow() as uow:
        assert uow.users.get(make_user().id) is None


def test_a_disk_that_is_full_is_unavailable_and_a_missing_table_is_a_mistake(
    sqlite: Database, sqlite_storage: SqlStorage
) -> None:
    with sqlite.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def go_on() -> None:
        with sqlite_storage.uow() as uow:
            for _ in range(100):
                uow.users.add(make_user(password_hash="h" * 255))

    with pytest.raises(Unavailable):
        go_on()
    with pytest.raises(OperationalError), sqlite.reading() as connection:
        connection.execute(text("SELECT * FROM nothing"))


def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/no/such/folder.sqlite3")
    with pytest.raises(Unavailable):
        schema.is_current(database)
    database.close()


def test_two_constraints_are_told_apart(sqlite: Database) -> None:
    with sqlite.writer.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE two (a, b, c UNIQUE, UNIQUE (a, b))")
        connection.exec_driver_sql("INSERT INTO two VALUES (1, 2, 3)")
        for values, broken in (("(1, 2, 4)", "uq_two_a_b"), ("(1, 3, 3)", "uq_two_c")):
            with pytest.raises(IntegrityError) as refused:
                connection.exec_driver_sql(f"INSERT INTO two VALUES {values}")
            assert violates(refused.value, broken)
            assert not violates(refused.value, "uq_two_a")
