"""Being one of several texts, as a condition that can be prepared.

A list of SQLAlchemy becomes as many parameters as it has items, and so another statement for
each length. This is one parameter: JSON for SQLite, an array for PostgreSQL.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import UserDefinedType


class Texts(UserDefinedType[Any]):
    """Several texts as one value."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "TEXT[]"


class Among(ColumnElement[bool]):
    """Tell whether a column is one of the texts in a parameter."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.texts = bindparam(name, type_=Texts())

    def self_group(self, against: Any = None) -> Among:
        """Stay as it is: what is compared with 1, as other truths are, is in no index."""
        del against
        return self


@compiles(Among, "sqlite")
def _in_sqlite(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    texts = compiler.process(element.texts, **options)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # nosec B608 - of names


@compiles(Among, "postgresql")
def _in_postgres(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    texts = compiler.process(element.texts, **options)
    return f"{column} = ANY({texts})"
