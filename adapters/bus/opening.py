"""The bus that fits what the hub has."""

from __future__ import annotations

from pathlib import Path

from adapters.bus.listening import ListeningBus
from adapters.persistence.database import Database


def open_bus(redis_url: str | None, database: Database, folder: Path) -> ListeningBus:
    """Return the bus; drivers are loaded if it needs them."""
    if redis_url is not None:
        from adapters.bus.redis_bus import RedisBus

        return RedisBus(redis_url)
    if database.is_sqlite:
        from adapters.bus.sqlite_bus import SqliteBus

        return SqliteBus(folder / "hints.sqlite3")
    from adapters.bus.postgres_bus import PostgresBus

    return PostgresBus(database)
