"""How Alembic finds the database: the caller's connection, else the hub's settings.

Either is in a transaction already, so that all the steps of a run happen or none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic import context
from sqlalchemy import Connection

from adapters.persistence.database import Database
from adapters.persistence.mapping import map_entities, metadata
from adapters.persistence.metadata import UtcDateTime
from adapters.persistence.search_texts import is_of_models
from entrypoints.settings import read_settings


def render_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write column types of ours as what they are in the database: history imports nothing."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def run(connection: Connection) -> None:
    map_entities()
    # SQLite cannot alter a table in place; batch mode copies it.
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=render_type,
        include_name=is_of_models,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    settings = read_settings(Path(str(context.config.config_file_name)))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    with database.migrating() as opened:
        run(opened)
    database.close()
