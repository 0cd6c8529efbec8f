"""What PostgreSQL must be told to do, and what happens when it does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest
from psycopg.errors import lookup
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from adapters.persistence.database import Database, as_unavailable
from tests.conftest import SqlStorage, followed_by
from tests.factories.entities import NOW, make_channel, make_user, make_video, new_id
from tests.fakes.simple import FakeClock, FakeHints, FakeIds
from tests.fakes.tokens import FakeSigner
from tests.postgres import Postgres
from tests.waiting import eventually
from videohub_core.accounts.entities import SESSION_IDLE, Session
from videohub_core.shared.errors import NotFound, Unavailable
from videohub_core.shared.ids import FamilyId
from videohub_core.tokens.entities import TokenFamily
from videohub_core.tokens.errors import InvalidRefreshToken
from videohub_core.tokens.use_cases.issue_tokens import add_refresh
from videohub_core.tokens.use_cases.refresh_tokens import RefreshTokens


@pytest.fixture
def user(postgres_storage: SqlStorage) -> Any:
    user = make_user()
    with postgres_storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(make_channel(user))
        uow.commit()
    return user


@pytest.fixture
def admin(postgres: Database, postgres_server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection to the same database."""
    assert postgres.url.database is not None
    with postgres_server.admin(postgres.url.database) as connection:
        yield connection


@pytest.fixture
def impatient(postgres: Database, postgres_server: Postgres) -> Iterator[SqlStorage]:
    """The same database for somebody who hardly waits."""
    assert postgres.url.database is not None
    limits = "-c%20lock_timeout=50ms%20-c%20statement_timeout=500ms"
    database = Database(postgres_server.url(postgres.url.database, options=limits))
    clock = FakeClock()
    yield SqlStorage(database, followed_by(FakeIds(), clock), FakeHints(), clock)
    database.close()


def end_connections(admin: psycopg.Connection[Any]) -> None:
    """End every connection of the hub, as an operator or a failover does."""
    ended = admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = 'hub'"
    ).fetchall()
    assert ended
    assert all(done for (done,) in ended)


def shown(database: Database, name: str, *, reads: bool = False) -> str:
    engine = database.reader if reads else database.writer
    with engine.connect() as connection:
        return str(connection.scalar(text(f"SHOW {name}")))


def test_nothing_waits_for_ever(postgres: Database) -> None:
    for reads in (False, True):
        assert shown(postgres, "lock_timeout", reads=reads) == "5s"
        assert shown(postgres, "idle_in_transaction_session_timeout", reads=reads) == "1min"
        assert shown(postgres, "TimeZone", reads=reads) == "UTC"
    assert shown(postgres, "statement_timeout") == "30s"
    assert shown(postgres, "statement_timeout", reads=True) == "15s"
    assert shown(postgres, "transaction_isolation") == "read committed"
    with postgres.migrating() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "0"
        assert connection.scalar(text("SHOW lock_timeout")) == "5s"
    assert shown(postgres, "statement_timeout") == "30s"


def test_reads_begin_no_transaction(postgres: Database) -> None:
    with postgres.reading() as connection:
        connection.execute(text("SELECT 1"))
        driver: Any = connection.connection.driver_connection
        assert driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_lock_that_stays_is_unavailable(
    user: Any, postgres_storage: SqlStorage, impatient: SqlStorage
) -> None:
    with postgres_storage.uow() as uow:
        assert uow.users.get(user.id) is not None
        with pytest.raises(Unavailable), impatient.uow() as other:
            other.users.get(user.id)
    with impatient.uow() as other:
        assert other.users.get(user.id) is not None


def test_a_locked_row_may_be_read_and_referred_to(
    user: Any, postgres_storage: SqlStorage, impatient: SqlStorage
) -> None:
    with postgres_storage.uow() as uow:
        assert uow.users.get(user.id) is not None
        assert impatient.account_reader.user(user.id) is not None
        with impatient.uow() as other:
            other.sessions.add(
                Session(token_hash="t", user_id=user.id, created=NOW, last_used=NOW)
            )
            other.commit()


def test_another_password_and_a_refresh_at_once_do_not_block_each_other(
    user: Any, postgres_storage: SqlStorage, admin: psycopg.Connection[Any], clock: FakeClock
) -> None:
    now = clock.now()
    family = TokenFamily(
        id=FamilyId(new_id("fam")), user_id=user.id, client=None, created=now, last_used=now
    )
    with postgres_storage.uow() as uow:
        uow.families.add(family)
        token = add_refresh(uow, family, FakeIds(), now)
        uow.commit()
    refresh = RefreshTokens(postgres_storage.uow(), FakeSigner(clock), FakeIds(), clock)

    def is_waiting() -> bool:
        waiting = (
            "SELECT 1 FROM pg_stat_activity WHERE usename = 'hub' AND wait_event_type = 'Lock'"
        )
        return bool(admin.execute(waiting).fetchall())

    with ThreadPoolExecutor() as pool, postgres_storage.uow() as uow:
        locked = uow.users.get(user.id)
        assert locked is not None
        other = pool.submit(refresh, refresh_token=token)
        eventually(is_waiting)
        locked.change_password("hash of another")
        uow.commit()
        with pytest.raises(InvalidRefreshToken):
            other.result(10)


def test_what_is_locked_is_cleaned_up_another_time(
    user: Any, postgres_storage: SqlStorage, impatient: SqlStorage
) -> None:
    with postgres_storage.uow() as uow:
        for name in ("held", "free"):
            uow.sessions.add(
                Session(token_hash=name, user_id=user.id, created=NOW, last_used=NOW)
            )
        uow.commit()
    with postgres_storage.uow() as uow:
        assert uow.sessions.get("held") is not None
        with impatient.uow() as other:
            other.sessions.remove_expired(NOW + SESSION_IDLE)
            other.commit()
    assert postgres_storage.account_reader.session("free") is None
    assert postgres_storage.account_reader.session("held") is not None


def test_a_statement_that_takes_too_long_is_unavailable(impatient: SqlStorage) -> None:
    with pytest.raises(Unavailable), impatient.database.reading() as connection:
        connection.execute(text("SELECT pg_sleep(60)"))


def test_idle_connections_that_were_lost_are_not_noticed(
    user: Any, postgres_storage: SqlStorage, admin: psycopg.Connection[Any]
) -> None:
    assert postgres_storage.account_reader.user(user.id) is not None
    end_connections(admin)
    assert postgres_storage.account_reader.user(user.id) is not None
    with postgres_storage.uow() as uow:
        assert uow.users.get(user.id) is not None


AT_WORK: dict[str, Callable[[Any], Any]] = {
    "reading": lambda uow: uow.users.by_email("nobody@example.test"),
    "adding": lambda uow: uow.users.add(make_user()),
    "committing": lambda uow: uow.commit(),
}


def test_many_lost_connections_cost_one_read_nothing(
    postgres: Database, admin: psycopg.Connection[Any]
) -> None:
    at_once = Barrier(5)

    def read(_number: int) -> int:
        at_once.wait(10)
        return len(postgres.fetch("SELECT pg_sleep(0.05)", {}))

    with ThreadPoolExecutor(5) as readers:
        assert sum(readers.map(read, range(5))) == 5
    end_connections(admin)
    assert postgres.fetch("SELECT 1", {}) == [(1,)]
    assert postgres.fetch("SELECT 2", {}) == [(2,)]


def test_a_wrong_statement_is_a_mistake_and_costs_nobody_else(postgres: Database) -> None:
    with pytest.raises(DBAPIError):
        postgres.fetch("SELECT nothing", {})
    assert postgres.fetch("SELECT 1", {}) == [(1,)]


@pytest.mark.parametrize("act", AT_WORK)
def test_a_connection_lost_in_a_transaction_is_unavailable(
    act: str, user: Any, postgres_storage: SqlStorage, admin: psycopg.Connection[Any]
) -> None:
    def lose() -> None:
        with postgres_storage.uow() as uow:
            uow.users.get(user.id).display_name = "lost"  # type: ignore[union-attr]
            end_connections(admin)
            AT_WORK[act](uow)
            uow.commit()

    with pytest.raises(Unavailable):
        lose()
    with postgres_storage.uow() as uow:
        found = uow.users.get(user.id)
    assert found is not None
    assert found.display_name == user.display_name


def test_a_refusal_stays_what_it_is_if_the_connection_is_lost(
    user: Any, postgres_storage: SqlStorage, admin: psycopg.Connection[Any]
) -> None:
    def refuse() -> None:
        with postgres_storage.uow() as uow:
            uow.users.get(user.id)
            end_connections(admin)
            raise NotFound

    with pytest.raises(NotFound):
        refuse()
    with postgres_storage.uow() as uow:
        uow.users.get(user.id)
        end_connections(admin)
    with postgres_storage.uow() as uow:
        assert uow.users.get(user.id) is not None


def test_too_many_connections_are_unavailable(
    user: Any, postgres: Database, postgres_storage: SqlStorage, admin: psycopg.Connection[Any]
) -> None:
    postgres.close()
    admin.execute("ALTER ROLE hub CONNECTION LIMIT 0")
    try:
        with pytest.raises(Unavailable):
            postgres_storage.account_reader.user(user.id)
        with pytest.raises(Unavailable), postgres_storage.uow() as uow:
            uow.users.get(user.id)
    finally:
        admin.execute("ALTER ROLE hub CONNECTION LIMIT -1")
    assert postgres_storage.account_reader.user(user.id) is not None


def test_text_that_no_column_takes_is_a_mistake(
    user: Any, postgres_storage: SqlStorage
) -> None:
    with pytest.raises(DBAPIError), postgres_storage.uow() as uow:
        uow.videos.add(make_video(make_channel(user), title="t" * 201))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("08006", True),  # the connection failed
        ("40001", True),  # could not serialize
        ("40P01", True),  # a deadlock
        ("53100", True),  # the disk is full
        ("53300", True),  # too many connections
        ("55P03", True),  # the lock was not to be had
        ("57014", True),  # cancelled, by a time limit too
        ("57P01", True),  # shut down
        ("57P02", True),  # crashed
        ("57P03", True),  # starting up
        ("58030", True),  # input/output
        ("22001", False),  # too long
        ("22021", False),  # NUL
        ("23505", False),  # there already
        ("25006", False),  # a write on a connection for reads
        ("42501", False),  # no right to
        ("42601", False),  # syntax
        ("42P01", False),  # no such table
        ("54000", False),  # beyond a limit of the program
        ("55006", False),  # in use
        ("XX001", False),  # damaged
    ],
)
def test_which_errors_mean_that_it_does_not_answer(state: str, expected: bool) -> None:
    error = DBAPIError("", {}, lookup(state)())
    assert (as_unavailable(error) is not None) == expected


def test_what_the_driver_finds_by_itself_means_that_it_does_not_answer() -> None:
    refused = psycopg.OperationalError("connection refused")
    assert as_unavailable(OperationalError("", {}, refused)) is not None
    assert as_unavailable(ValueError()) is None
    assert as_unavailable(None) is None
