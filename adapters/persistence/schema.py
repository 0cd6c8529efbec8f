"""The schema's version: Alembic, from the command line and from inside.

Alembic is loaded when there is something to migrate: it takes a third of a second and ten
megabytes, and every start has to know only whether there is.
"""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import migrations
from adapters.persistence.database import Database, as_unavailable

_FOLDER = Path(migrations.__file__).parent
_REVISION = re.compile(r"^(revision|down_revision) = (?:\"(\w+)\"|None)$", re.MULTILINE)


def migrate(database: Database) -> None:
    """Bring the schema to the newest version; do nothing if it is there.

    Safe to call from several processes at once: one does it, the others wait. One that
    is killed leaves everything as it was.
    """
    if is_current(database):
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    with database.migrating() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Tell whether the schema is the one this release was written for."""
    return _present(database) == head()


def head(folder: Path = _FOLDER) -> str:
    """Return the newest revision: the one that no other comes after."""
    found = [
        dict(_REVISION.findall(file.read_text(encoding="utf-8")))
        for file in (folder / "versions").glob("*.py")
    ]
    newest: str
    (newest,) = {one["revision"] for one in found} - {one["down_revision"] for one in found}
    return newest


def _present(database: Database) -> str | None:
    with database.reading() as connection:
        try:
            version: str | None = connection.scalar(
                text("SELECT version_num FROM alembic_version")
            )
        except DBAPIError as error:
            if as_unavailable(error):
                raise
            # There is no such table yet.
            return None
    return version
