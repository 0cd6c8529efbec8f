"""The schema's version: Alembic, from the command line and from inside."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import migrations
from adapters.persistence.database import Database


def migrate(database: Database) -> None:
    """Bring the schema to the newest version; do nothing if it is there.

    Safe to call from several processes at once: one does it, the others wait. One that
    is killed leaves everything as it was.
    """
    if is_current(database):
        return
    config = _config()
    with database.migrating() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Tell whether the schema is the one this release was written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config
