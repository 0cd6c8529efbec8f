"""Huey's queue in an SQLite file of its own.

Huey's own serializer is unsigned pickle: whoever can write to its queue could run code
in the worker. Ours is JSON and carries ids only.

Huey loads every driver of a queue that it finds installed; those of other databases than
its own file take fourteen megabytes of each process that asks it anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson


@contextmanager
def _not_loaded(*names: str) -> Iterator[None]:
    """Make modules look missing that nobody has loaded yet (`sys.modules`, None)."""
    hidden = [name for name in names if name not in sys.modules]
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _not_loaded("redis", "psycopg"):
    from huey import Huey, SqliteHuey
    from huey.registry import Message
    from huey.serializer import Serializer


class JsonSerializer(Serializer):  # type: ignore[misc]
    """Writes Huey's messages as JSON; anything else in the queue is refused."""

    def _serialize(self, data: Any) -> bytes:
        if isinstance(data, Message):
            return orjson.dumps([data.id, data.name, list(data.args)])
        # Results are not kept, but Huey passes what little it stores through here.
        return orjson.dumps(data)

    def _deserialize(self, data: bytes) -> Any:
        value = orjson.loads(bytes(data))
        if isinstance(value, list):
            id_, name, args = value
            return Message(
                id=id_,
                name=name,
                retries=0,
                retry_delay=0,
                priority=0,
                args=tuple(args),
                kwargs={},
            )
        return value


def open_sqlite_huey(path: Path) -> Huey:
    """Return a Huey whose queue is its own SQLite file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(
        "videohub", filename=str(path), results=False, serializer=JsonSerializer()
    )
