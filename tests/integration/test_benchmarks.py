"""The benchmarks run, and their data is the same every time on both databases."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.persistence.database import Database
from adapters.persistence.mapping import metadata
from adapters.persistence.videos import SqlVideoReader
from benchmarks.data import fill
from tests.fakes.simple import FakeClock
from tests.postgres import Postgres
from videohub_core.shared.paging import PageRequest

ROOT = Path(__file__).parents[2]
VIDEOS = 300


@pytest.fixture(params=["sqlite", "postgres"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Each database with nothing in it."""
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path}/bare.sqlite3")
    server: Postgres = request.getfixturevalue("postgres_server")
    return Database(server.url(server.create()))


def digest(database: Database) -> str:
    """Return a digest of every row as the models read it."""
    found = hashlib.sha256()
    with database.reader.connect() as connection:
        for table in metadata.sorted_tables:
            key = list(table.primary_key.columns)
            for row in connection.execute(sa.select(table).order_by(*key)):
                found.update(repr(tuple(row)).encode())
    return found.hexdigest()


DIGESTS: set[str] = set()


def test_the_community_is_the_same_every_time(bare: Database) -> None:
    community = fill(bare, VIDEOS)
    assert community.videos == VIDEOS
    page = SqlVideoReader(bare, FakeClock()).listed(PageRequest(100))
    assert len(page.items) == 100
    assert page.items[0].title
    DIGESTS.add(digest(bare))
    assert len(DIGESTS) == 1
    bare.close()


def test_a_run_prints_its_table_and_writes_it_down(tmp_path: Path) -> None:
    target = tmp_path / "table.json"
    options = ["--size", "10k", "--database", "sqlite", "--rounds", "1"]
    places = ["--folder", str(tmp_path), "--json", str(target)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "P5", *options, *places],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "list, as strangers get it" in done.stdout
    rows = json.loads(target.read_text())["rows"]
    assert {row["id"] for row in rows} == {"P5"}
    for row in rows:
        assert row["ratio"]["median"] > 0
        assert row["aim"]["kind"] == "at_least"
