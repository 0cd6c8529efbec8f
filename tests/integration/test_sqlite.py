"""What SQLite must be told to do, and what happens when it does not answer."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from adapters.persistence import schema
from adapters.persistence.database import Database
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


def test_readers_cannot_write(sqlite: Database) -> None:
    with sqlite.reader.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("DELETE FROM users"))


def test_a_transaction_that_writes_later_waits_its_turn(sqlite_storage: SqlStorage) -> None:
    """Two that read first and write then: DEFERRED ones would fail, not wait."""
    user = make_user(display_name="0")
    with sqlite_storage.uow() as uow:
        uow.users.add(user)
        uow.commit()
    started = threading.Barrier(4)

    def count_up() -> None:
        started.wait()
        for _ in range(10):
            with sqlite_storage.uow() as uow:
                found = uow.users.get(user.id)
                assert found is not None
                found.display_name = str(int(found.display_name) + 1)
                uow.commit()

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite_storage.uow() as uow:
        found = uow.users.get(user.id)
    assert found is not None
    assert found.display_name == "40"


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


def test_migrations_go_up_and_down_and_up(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/m.sqlite3")
    assert not schema.is_current(database)
    schema.migrate(database)
    assert schema.is_current(database)
    with database.writer.connect() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
    assert not schema.is_current(database)
    schema.migrate(database)
    schema.migrate(database)
    assert schema.is_current(database)
    database.close()
