"""Selects that are read all the time, as the driver takes them.

A list of twenty videos spent three quarters of its time between the driver and the read
model: looking the statement up, a row object for each row, a chain of calls for each value.
So a hot select is still written with Core, checked and named like any other; it is compiled
once for each kind of database, and its rows come as tuples of plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import JSON, Boolean, Dialect, Enum, Select
from sqlalchemy.types import TypeEngine

from adapters.persistence.among import Texts
from adapters.persistence.database import Database
from adapters.persistence.metadata import JsonOf, UtcDateTime

Convert = Callable[[Any], Any]
Row = Sequence[Any]


@dataclass(frozen=True)
class _Compiled:
    text: str
    constants: Mapping[str, Any]
    """Values of the statement's own; the caller's come on top."""
    outward: tuple[tuple[str, Convert], ...]
    """How named values become what the driver takes."""
    positions: tuple[str, ...] | None
    """The order of values where the driver counts them, None where it names them."""
    inward: tuple[tuple[int, Convert], ...]
    """How columns become what they are."""


class Prepared:
    """A select with named parameters; `Among` takes lists of texts.

    With `plan_anew`, PostgreSQL looks at the values before each time it plans: for a rare word
    another way is right than for one that every row has.
    """

    def __init__(self, statement: Select[Any], *, plan_anew: bool = False) -> None:
        self.statement = statement
        self._plan_anew = plan_anew
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, database: Database, values: Mapping[str, Any]) -> list[Row]:
        """Return what the select finds; raise Unavailable if the database does not answer."""
        dialect = database.reader.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self.statement, dialect)
        named = {**compiled.constants, **values}
        for name, convert in compiled.outward:
            if named[name] is not None:
                named[name] = convert(named[name])
        bound: Any = named
        if compiled.positions is not None:
            bound = [named[name] for name in compiled.positions]
        found = database.fetch(compiled.text, bound, plan_anew=self._plan_anew)
        return [_converted(row, compiled.inward) for row in found]

    def first(self, database: Database, values: Mapping[str, Any]) -> Row | None:
        rows = self.rows(database, values)
        return rows[0] if rows else None


def _converted(row: Row, inward: tuple[tuple[int, Convert], ...]) -> Row:
    values = list(row)
    for index, convert in inward:
        value = values[index]
        if value is not None:
            values[index] = convert(value)
    return values


def _compile(statement: Select[Any], dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    names = compiled.positiontup
    sqlite = dialect.name == "sqlite"
    types = {name: bind.type for name, bind in compiled.binds.items()}
    outward = [(name, _outward(kind, sqlite)) for name, kind in types.items()]
    inward = [
        (index, _inward(column.type, sqlite))
        for index, column in enumerate(statement.selected_columns)
    ]
    return _Compiled(
        text=compiled.string,
        constants={k: bind.value for k, bind in compiled.binds.items() if not bind.required},
        outward=tuple((name, convert) for name, convert in outward if convert is not None),
        positions=None if names is None else tuple(names),
        inward=tuple((index, convert) for index, convert in inward if convert is not None),
    )


def _outward(kind: TypeEngine[Any], sqlite: bool) -> Convert | None:
    if isinstance(kind, Enum):
        return lambda member: member.value
    if isinstance(kind, UtcDateTime) and sqlite:
        return _sqlite_time
    if isinstance(kind, Texts):
        return _json_text if sqlite else list
    return None


def _inward(kind: TypeEngine[Any], sqlite: bool) -> Convert | None:
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return {member.value: member for member in kind.enum_class}.__getitem__
    if isinstance(kind, JsonOf):
        return (lambda text: kind.read(orjson.loads(text))) if sqlite else kind.read
    if not sqlite:
        # The driver knows times, JSON and truth itself.
        return None
    if isinstance(kind, UtcDateTime):
        return _time
    if isinstance(kind, JSON):
        return orjson.loads
    return bool if isinstance(kind, Boolean) else None


def _json_text(texts: Iterable[str]) -> str:
    return orjson.dumps(list(texts)).decode()


def _sqlite_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")
