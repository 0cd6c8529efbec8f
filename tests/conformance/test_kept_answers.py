"""What keeping answers promises, in memory and on each database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.persistence.database import Database
from adapters.persistence.idempotency import SqlKeptAnswers
from adapters.security.seal import Seal
from tests.fakes.simple import FakeClock, FakeKeptAnswers
from videohub_core.shared.idempotency import KEPT, IdempotencyKey, KeptAnswers, KeyReused

KEY = IdempotencyKey("scope", "users.post", "a key 😀", "digest")
SECRET = b"s" * 32


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def answers(request: pytest.FixtureRequest, clock: FakeClock) -> KeptAnswers:
    if request.param == "fake":
        return FakeKeptAnswers(clock)
    database = request.getfixturevalue(request.param)
    return SqlKeptAnswers(database, Seal(SECRET), clock)


def test_an_answer_is_there_for_its_key(answers: KeptAnswers) -> None:
    assert answers.get(KEY) is None
    answers.keep(KEY, b"first \0")
    assert answers.get(KEY) == b"first \0"


def test_the_first_answer_stays(answers: KeptAnswers) -> None:
    answers.keep(KEY, b"first")
    answers.keep(KEY, b"second")
    assert answers.get(KEY) == b"first"


@pytest.mark.parametrize("field", ["scope", "operation", "key"])
def test_another_key_has_an_answer_of_its_own(answers: KeptAnswers, field: str) -> None:
    answers.keep(KEY, b"first")
    other = replace(KEY, **{field: "other"})
    assert answers.get(other) is None
    answers.keep(other, b"other")
    assert (answers.get(KEY), answers.get(other)) == (b"first", b"other")


def test_a_key_that_comes_with_something_else_is_refused(answers: KeptAnswers) -> None:
    answers.keep(KEY, b"first")
    other = replace(KEY, digest="another")
    with pytest.raises(KeyReused):
        answers.get(other)
    with pytest.raises(KeyReused):
        answers.keep(other, b"second")


def test_an_old_answer_makes_room_for_another(answers: KeptAnswers, clock: FakeClock) -> None:
    answers.keep(KEY, b"first")
    clock.pass_(KEPT)
    answers.keep(replace(KEY, key="newer"), b"newer")
    assert answers.get(KEY) is None


def stored(database: Database) -> Any:
    with database.reader.connect() as connection:
        return connection.execute(sa.text("SELECT * FROM idempotency_keys")).mappings().one()


def test_what_is_stored_tells_nothing_of_key_or_answer(
    database: Database, clock: FakeClock
) -> None:
    SqlKeptAnswers(database, Seal(SECRET), clock).keep(KEY, b"Set-Cookie: token")
    row = stored(database)
    assert b"token" not in bytes(row["answer"])
    assert "a key" not in row["key"]
    # A copy of the database opens nothing on another hub.
    assert SqlKeptAnswers(database, Seal(b"t" * 32), clock).get(KEY) is None


def test_an_answer_joins_the_record_of_what_was_made(sql_storage: Any) -> None:
    answers = SqlKeptAnswers(sql_storage.database, Seal(SECRET), FakeClock())
    with sql_storage.uow() as uow:
        assert uow.idempotency.done(KEY) is None
        uow.idempotency.remember(KEY, "made000000000000", FakeClock().now())
        uow.commit()
    assert answers.get(KEY) is None
    answers.keep(KEY, b"first")
    with sql_storage.uow() as uow:
        assert uow.idempotency.done(KEY) == "made000000000000"
    assert answers.get(KEY) == b"first"
