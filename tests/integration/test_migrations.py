"""The schema's history, walked up and down over rows, on both databases."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

import migrations
from adapters.persistence import schema
from adapters.persistence.database import Database
from adapters.persistence.mapping import map_entities, metadata
from adapters.persistence.metadata import JsonOf, UtcDateTime
from adapters.persistence.search_texts import is_of_models
from tests.factories.entities import NOW
from tests.postgres import Postgres
from tests.waiting import eventually
from videohub_core.jobs.entities import JobKind

OWN = Path(migrations.__file__).parent

# Changing a column of a table that others refer to: SQLite has to copy the table and
# drop the old one, which must not take along what refers to its rows.
CHANGE_USERS = """
def upgrade():
    with op.batch_alter_table("users") as users:
        users.alter_column("display_name", type_=sa.String(90), nullable=False)
        users.add_column(sa.Column("added", sa.String(9), server_default="x"))
    with op.batch_alter_table("channels") as channels:
        channels.drop_column("description")


def downgrade():
    with op.batch_alter_table("channels") as channels:
        channels.add_column(sa.Column("description", sa.Text(), server_default=""))
    with op.batch_alter_table("users") as users:
        users.drop_column("added")
        users.alter_column("display_name", type_=sa.String(80), nullable=False)
"""

# Ends in the middle, unless there is a file beside it that lets it pass.
END_HALF_WAY = """
def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer()))
    op.execute("INSERT INTO half VALUES (1)")
    op.add_column("users", sa.Column("half", sa.Integer()))
    op.execute("UPDATE users SET display_name = 'half'")
    if not Path(__file__).with_name("let-it-pass").exists():
        raise ZeroDivisionError


def downgrade():
    pass
"""


class History:
    """A folder of migrations and a database they are run on."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self._config = Config()
        self._config.set_main_option("script_location", str(folder))

    @property
    def revisions(self) -> list[str]:
        """Every revision, the first one first, after the nothing before it."""
        newest_first = ScriptDirectory.from_config(self._config).walk_revisions()
        return ["base", *reversed([script.revision for script in newest_first])]

    def up(self, revision: str = "head") -> None:
        self._run(command.upgrade, revision)

    def down(self, revision: str) -> None:
        self._run(command.downgrade, revision)

    def check(self) -> None:
        """Fail if the models are not what the migrations make."""
        self._run(command.check)

    def _run(self, act: Callable[..., Any], *revision: str) -> None:
        with self.database.migrating() as connection:
            self._config.attributes["connection"] = connection
            act(self._config, *revision)
        # `SELECT *` is a statement that PostgreSQL has prepared for the tables as they were.
        self.database.reader.dispose()

    def append(self, body: str) -> None:
        """Add a migration after the newest one."""
        head = ScriptDirectory.from_config(self._config).get_current_head()
        text = (
            "from pathlib import Path\nimport sqlalchemy as sa\nfrom alembic import op\n"
            f'revision = "{head}x"\ndown_revision = "{head}"\n{body}'
        )
        (self.folder / "versions" / "99991231_2359_appended.py").write_text(text)


@pytest.fixture(params=["sqlite", "postgres"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Each database with nothing in it."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/bare.sqlite3")
        yield database
        database.close()
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.create()
    database = Database(server.url(name))
    yield database
    database.close()
    server.drop(name)


@pytest.fixture
def history(bare: Database) -> History:
    return History(bare, OWN)


@pytest.fixture
def copied_history(bare: Database, tmp_path: Path) -> History:
    """The same migrations in a folder that a test may add to."""
    copy = tmp_path / "migrations"
    shutil.copytree(OWN, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return History(bare, copy)


LEFT_TO_DO = [JobKind.FILL_INDEX.value]
"""Jobs that migrations leave."""

Rows = dict[str, list[dict[str, Any]]]


def fill(database: Database) -> None:
    """Put three rows in every table of the models; the last one is empty where it may be."""
    map_entities()
    made: Rows = {}
    with database.writer.begin() as connection:
        for table in metadata.sorted_tables:
            made[table.name] = [
                {column.name: value(column, number, made) for column in table.columns}
                for number in range(3)
            ]
            connection.execute(table.insert(), made[table.name])


def value(column: sa.Column[Any], number: int, made: Rows) -> Any:
    kind = column.type
    for key in column.foreign_keys:
        # Nothing refers to its own table's rows: they come one after the other.
        others = made.get(key.column.table.name)
        return None if others is None else others[number][key.column.name]
    if column.nullable and number == 2:
        return None
    if isinstance(kind, sa.Enum):
        assert kind.enum_class is not None
        return list(kind.enum_class)[number % len(kind.enum_class)]
    if isinstance(kind, sa.String):
        return f"{number} 😀 {column.name}"[: kind.length]
    simple: dict[type[Any], Any] = {
        sa.Boolean: bool(number),
        sa.Integer: number,
        sa.Float: number / 4,
        sa.JSON: ["узлы", number],
        UtcDateTime: NOW + timedelta(microseconds=number),
        sa.LargeBinary: bytes([number]),
    }
    if isinstance(kind, JsonOf):
        one = kind.kind(**{field.name: number for field in fields(kind.kind)})
        return (one,) * (number + 1) if kind.many else one
    return next(simple[known] for known in simple if isinstance(kind, known))


def rows(database: Database) -> Rows:
    """Return every row of every table as the driver gives it."""
    found: Rows = {}
    with database.reader.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            if name != "alembic_version" and is_of_models(name, "table"):
                table = connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()
                kept = (dict(row) for row in table if row.get("kind") not in LEFT_TO_DO)
                found[name] = sorted(kept, key=repr)
    return found


def survived(before: Rows, after: Rows) -> Rows:
    """Return what exists on both sides, table by table, column by column; it is the same."""
    kept: Rows = {}
    for name in before.keys() & after.keys():
        assert len(after[name]) == len(before[name]), f"{name} has lost or found rows"
        columns = sorted(set(before[name][0]) & set(after[name][0]))
        kept[name] = narrowed(before[name], columns)
        assert narrowed(after[name], columns) == kept[name], f"{name} has changed"
    return kept


def narrowed(table: list[dict[str, Any]], columns: list[str]) -> list[dict[str, Any]]:
    return sorted(
        ({column: known(row[column]) for column in columns} for row in table), key=repr
    )


def known(value: Any) -> Any:
    """Return a value; the e-mail of who has none, where there has to be one, is none."""
    return None if str(value).endswith("@no-email.invalid") else value


def go_down_and_up(history: History, steps: int) -> None:
    """Walk from the newest revision, one at a time; rows in all tables come along."""
    fill(history.database)
    revisions = history.revisions[::-1]
    kept = rows(history.database)
    assert kept
    assert all(kept.values()), "a table is empty: the walk would show nothing"
    for revision in revisions[1 : steps + 1]:
        history.down(revision)
        kept = survived(kept, rows(history.database))
    for revision in revisions[:steps][::-1]:
        history.up(revision)
        survived(kept, rows(history.database))
    with history.database.writer.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def test_every_step_goes_down_and_up_and_keeps_what_survives(history: History) -> None:
    history.up()
    for steps in range(1, len(history.revisions)):
        go_down_and_up(history, steps)
    history.check()
    history.down("base")
    assert rows(history.database) == {}
    assert not schema.is_current(history.database)
    history.up()
    history.up()
    assert schema.is_current(history.database)


def test_changing_a_table_keeps_what_refers_to_it(copied_history: History) -> None:
    copied_history.up()
    released = copied_history.revisions[-1]
    fill(copied_history.database)
    before = rows(copied_history.database)
    copied_history.append(CHANGE_USERS)
    copied_history.up()
    after = rows(copied_history.database)
    assert survived(before, after).keys() == before.keys()
    assert {row["added"] for row in after["users"]} == {"x"}
    copied_history.down(released)
    assert survived(after, rows(copied_history.database)).keys() == before.keys()


def test_who_has_no_email_and_who_shares_a_sub_survive_going_down(history: History) -> None:
    history.up()
    users = metadata.tables["users"]
    fill(history.database)
    people = {"a": ("https://one", "7"), "b": ("https://two", "7"), "c": ("https://one", "8")}
    with history.database.writer.begin() as connection:
        row = dict(connection.execute(sa.select(users)).mappings().first() or {})
        for name, (issuer, sub) in people.items():
            changes = {"id": name, "email": None, "issuer": issuer, "sub": sub}
            connection.execute(users.insert(), {**row, **changes})
    before = history.revisions[history.revisions.index("5c0f7a1d9b26") - 1]
    history.down(before)
    found = {row["id"]: row for row in rows(history.database)["users"] if row["id"] in people}
    assert {row["email"] for row in found.values()} == {f"{n}@no-email.invalid" for n in people}
    assert [found[name]["sub"] for name in people] == [None, None, "8"]
    history.up()
    found = {row["id"]: row for row in rows(history.database)["users"] if row["id"] in people}
    assert len(found) == 3
    assert {row["email"] for row in found.values()} == {None}


def test_videos_from_before_are_left_to_be_indexed(history: History) -> None:
    history.up()
    fill(history.database)
    history.down("e4b08c75d1a2")
    history.up()
    left = sa.select(metadata.tables["jobs"]).where(sa.text("kind = 'fill_index'"))
    with history.database.reader.connect() as connection:
        assert len(connection.execute(left).all()) == 1
        assert connection.scalar(sa.text("SELECT count(*) FROM search_documents")) == 0


def test_foreign_keys_hold_again_after_a_migration(history: History) -> None:
    history.up()
    with (
        pytest.raises(sa.exc.IntegrityError),
        history.database.writer.begin() as connection,
    ):
        connection.execute(
            sa.text(
                "INSERT INTO channels (id, user_id, title, description, created) "
                "VALUES ('c', 'nobody', '', '', '2026-01-01 00:00:00')"
            )
        )


@pytest.mark.parametrize("start", ["base", "head"])
def test_a_migration_that_ends_half_way_never_happened(
    copied_history: History, start: str
) -> None:
    database = copied_history.database
    if start == "head":
        copied_history.up()
        fill(database)
    before = rows(database)
    copied_history.append(END_HALF_WAY)
    with pytest.raises(ZeroDivisionError):
        copied_history.up()
    assert rows(database) == before
    (copied_history.folder / "versions" / "let-it-pass").touch()
    copied_history.up()
    assert rows(database)["half"] == [{"id": 1}]


def test_rows_that_a_migration_leaves_without_what_they_refer_to_undo_it(
    copied_history: History,
) -> None:
    copied_history.up()
    fill(copied_history.database)
    before = rows(copied_history.database)
    copied_history.append(
        "def upgrade():\n    op.execute(\"UPDATE channels SET user_id = 'nobody'\")\n"
    )
    with pytest.raises((RuntimeError, sa.exc.IntegrityError)):
        copied_history.up()
    assert rows(copied_history.database) == before


def test_two_that_migrate_at_once_do_it_once(
    bare: Database, request: pytest.FixtureRequest
) -> None:
    url = bare.url.render_as_string(hide_password=False)
    program = (
        "import sys; from adapters.persistence import schema; "
        "from adapters.persistence.database import Database; "
        "schema.migrate(Database(sys.argv[1]))"
    )
    with bare.migrating():
        started = [
            subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE)
            for _ in range(2)
        ]
        if not bare.is_sqlite:
            eventually(lambda: waiting_for_a_lock(bare) == 2)
    for process in started:
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0, said.decode()
    assert schema.is_current(bare)


def waiting_for_a_lock(database: Database) -> int:
    with database.reader.connect() as connection:
        return connection.scalar(
            sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
        )


def test_every_name_is_the_same_on_both(sqlite: Database, postgres: Database) -> None:
    assert names(sqlite) == names(postgres)


def names(database: Database) -> dict[str, set[str | None]]:
    """Return what the constraints and indexes of each table are called."""
    inspector = sa.inspect(database.reader)
    return {
        table: {
            inspector.get_pk_constraint(table)["name"],
            *(key["name"] for key in inspector.get_foreign_keys(table)),
            *(key["name"] for key in inspector.get_unique_constraints(table)),
            *(
                index["name"]
                for index in inspector.get_indexes(table)
                if "duplicates_constraint" not in index
            ),
        }
        for table in inspector.get_table_names()
        if is_of_models(table, "table")
    }
