"""What all tables share: the metadata, constraint names and column types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from enum import Enum as PythonEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator

mapper_registry = registry(
    metadata=MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite drops time zones, so they are put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        stored: datetime = value
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


class JsonOf(TypeDecorator[Any]):
    """A frozen dataclass as JSON, or a tuple of them; fields may be texts, numbers, tuples."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: type[Any], *, many: bool = True) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind
        self.many = many

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        if value is None:
            return None
        return [asdict(one) for one in value] if self.many else asdict(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        return None if value is None else self.read(value)

    def read(self, value: Any) -> Any:
        """Return what was stored of a value that JSON made of it."""
        if not self.many:
            return self._one(value)
        return tuple(self._one(one) for one in value)

    def _one(self, fields: Mapping[str, Any]) -> Any:
        return self.kind(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in fields.items()
            }
        )


def id_column_type() -> String:
    """Return the type of identifiers (`videohub_core.shared.ids`)."""
    return String(16)


def enum_column_type(kind: type[PythonEnum]) -> Enum:
    """Return a type that stores an enum by its values, as text that can grow."""
    return Enum(
        kind,
        native_enum=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )
