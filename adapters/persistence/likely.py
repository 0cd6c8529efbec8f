"""A condition that most rows fulfil, for a planner that cannot know.

SQLite takes every value of an indexed column for rare, and of two indexes may choose the one
that begins with what nearly all rows have in common. PostgreSQL keeps statistics.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class Likely(ColumnElement[bool]):
    """The condition itself, said to hold mostly."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, condition: ColumnElement[bool]) -> None:
        self.condition = condition

    def self_group(self, against: Any = None) -> Likely:
        """Stay as it is: what is compared with 1, as other truths are, is in no index."""
        del against
        return self


@compiles(Likely)
def _plain(element: Likely, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.condition, **options)


@compiles(Likely, "sqlite")
def _in_sqlite(element: Likely, compiler: SQLCompiler, **options: Any) -> str:
    return f"likely({compiler.process(element.condition, **options)})"
