"""A few of the kills that `make drill-chat` deals out, in each topology."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drills.chat import TOPOLOGIES, is_wrong, running_drill
from tests.postgres import Postgres, running_postgres

KILLS = 5


@pytest.fixture(scope="module")
def own_server() -> Iterator[Postgres]:
    """A kill ends everybody's connections: nobody else is to use it."""
    with running_postgres() as server:
        yield server


@pytest.mark.parametrize(("kind", "processes"), TOPOLOGIES)
def test_nothing_is_lost_by_a_kill(own_server: Postgres, kind: str, processes: int) -> None:
    given = own_server if kind == "postgres" else None
    with running_drill(kind, processes, 1, given) as drill:
        drill.run(KILLS)
        verdict = drill.verdict()
    assert sum(drill.kills.values()) == KILLS
    assert verdict["acknowledged"] > 0
    assert not is_wrong(verdict), verdict
