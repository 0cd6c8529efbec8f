"""Full text in each database: FTS5 in SQLite, `tsvector` under GIN in PostgreSQL.

Both get the same stems (`videohub_core.search.entities.Document`), so that both find the
same. Two indexes each: one of what a video is called, which is short, and one of everything.
A document's key is the moment of its publication: the newest matches are read in the order
of the index, until there are enough.

Their tables are made by a migration and are no models: what Alembic compares does not know
either kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    String,
    Table,
    TextClause,
    bindparam,
    cast,
    column,
    literal_column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from videohub_core.search.entities import GAP, Document, Scope, Term, Tier, VideoQuery

HEADS, BODIES = "search_heads", "search_bodies"
TEXTS = "search_texts"
COLUMNS: Mapping[str, Sequence[str]] = {
    HEADS: ("rowid", "title", "labels", "filters"),
    BODIES: ("rowid", "head", "description", "captions", "filters"),
    TEXTS: ("doc", "video_id", "head", "body"),
}

_FTS5_HEADS = table(HEADS, column("rowid", BigInteger))
_FTS5_BODIES = table(BODIES, column("rowid", BigInteger))
_TSVECTORS = table(TEXTS, column("doc", BigInteger), column("video_id", String))

_IN_HEADS = frozenset({Tier.TITLE, Tier.LABELS, Tier.BEGINNINGS, Scope.HEAD})


def is_of_models(name: str | None, kind: str, _parents: object = None) -> bool:
    """Tell whether Alembic is to look for something among the models."""
    # FTS5 has more tables of its own for each of them.
    return kind != "table" or not (name or "").startswith((HEADS, BODIES, TEXTS))


Expression = Callable[[Term], str]


class Texts(Protocol):
    """One of the two."""

    @property
    def tables(self) -> Sequence[str]: ...

    def put(self, session: Session, key: int, document: Document) -> None:
        """Store a document that is not there."""

    def rows(self, key: int, document: Document) -> dict[str, dict[str, Any]]:
        """Return what there is to insert, by tables."""

    def source(
        self, where: Tier | Scope, documents: Table, /
    ) -> tuple[FromClause, ColumnElement[int], ColumnElement[str]]:
        """Return what to select from, its key, and the video's id."""

    def condition(self, where: Tier | Scope) -> ColumnElement[bool]:
        """Return the condition that the parameter `match` is for."""

    def match(self, query: VideoQuery, where: Tier | Scope) -> str:
        """Return the query in the database's own language."""


class SqliteTexts:
    """FTS5."""

    tables = (HEADS, BODIES)

    def put(self, session: Session, key: int, document: Document) -> None:
        for name, row in self.rows(key, document).items():
            session.execute(_INSERTS[name], row)

    def rows(self, key: int, document: Document) -> dict[str, dict[str, Any]]:
        head = (*document.title, GAP, *document.labels)
        filters = " ".join(document.tokens)
        return {
            HEADS: {
                "rowid": key,
                "title": " ".join(document.title),
                "labels": " ".join(document.labels),
                "filters": filters,
            },
            BODIES: {
                "rowid": key,
                "head": " ".join(head),
                "description": " ".join(document.description),
                "captions": " ".join(document.captions),
                "filters": filters,
            },
        }

    def source(
        self, where: Tier | Scope, documents: Table
    ) -> tuple[FromClause, ColumnElement[int], ColumnElement[str]]:
        found = _FTS5_HEADS if where in _IN_HEADS else _FTS5_BODIES
        # The plus has SQLite begin with the texts, and not look each video up in them.
        key: ColumnElement[int] = literal_column(f"+{found.name}.rowid")
        joined = found.join(documents, documents.c.doc == key)
        return joined, found.c.rowid, documents.c.video_id

    def condition(self, where: Tier | Scope) -> ColumnElement[bool]:
        name = HEADS if where in _IN_HEADS else BODIES
        return literal_column(name).bool_op("MATCH")(bindparam("match"))

    def match(self, query: VideoQuery, where: Tier | Scope) -> str:
        def within(columns: str, expression: Expression) -> str:
            terms = " AND ".join(map(expression, query.terms))
            return f"({{{columns}}} : ({terms}))"

        wanted, *unwanted = _tier(where, within, _SQLITE_COLUMNS, _fts5_exact, _fts5_any)
        if unwanted:
            wanted = f"({wanted} NOT ({' OR '.join(unwanted)}))"
        for group in query.filters.tokens:
            alternatives = " OR ".join(f'"{token}"' for token in group)
            wanted += f" AND ({{filters}} : ({alternatives}))"
        return wanted


class PostgresTexts:
    """`tsvector`, with the weights A for titles, B for labels, C for descriptions."""

    tables = (TEXTS,)

    def put(self, session: Session, key: int, document: Document) -> None:
        for name, row in self.rows(key, document).items():
            session.execute(_INSERTS[name], row)

    def rows(self, key: int, document: Document) -> dict[str, dict[str, Any]]:
        head = [(document.title, "A"), (document.labels, "B")]
        rest = [(document.description, "C"), (document.captions, "D")]
        return {
            TEXTS: {
                "doc": key,
                "video_id": document.video_id,
                "head": _tsvector(head, document.tokens),
                "body": _tsvector([*head, *rest], document.tokens),
            }
        }

    def source(
        self, _where: Tier | Scope, _documents: Table
    ) -> tuple[FromClause, ColumnElement[int], ColumnElement[str]]:
        return _TSVECTORS, _TSVECTORS.c.doc, _TSVECTORS.c.video_id

    def condition(self, where: Tier | Scope) -> ColumnElement[bool]:
        name = "head" if where in _IN_HEADS else "body"
        searched: ColumnElement[Any] = literal_column(f"{TEXTS}.{name}")
        return searched.bool_op("@@")(cast(bindparam("match"), TSQUERY))

    def match(self, query: VideoQuery, where: Tier | Scope) -> str:
        def within(weights: str, expression: Expression) -> str:
            terms = [expression(term).replace("%", weights) for term in query.terms]
            return f"({' & '.join(terms)})"

        wanted, *unwanted = _tier(where, within, _WEIGHTS, _tsquery_exact, _tsquery_any)
        parts = [wanted, *(f"!{one}" for one in unwanted)]
        for group in query.filters.tokens:
            parts.append(f"({' | '.join(map(_quoted, group))})")
        return " & ".join(parts)


def _tier(
    where: Tier | Scope,
    within: Callable[[str, Expression], str],
    names: Mapping[str, str],
    exact: Expression,
    any_: Expression,
) -> Sequence[str]:
    """Return what a tier has, then what it must not have: what comes before it has that."""
    title, head, told, everything = (
        names[name] for name in ("title", "head", "told", "everything")
    )
    in_head = names["head of body"]
    ways: dict[Tier | Scope, Sequence[str]] = {
        Tier.TITLE: (within(title, exact),),
        Tier.LABELS: (within(head, exact), within(title, exact)),
        Tier.BEGINNINGS: (within(head, any_), within(head, exact)),
        Tier.DESCRIPTION: (within(told, exact), within(in_head, any_)),
        Tier.DESCRIPTION_BEGINNINGS: (
            within(told, any_),
            within(told, exact),
            within(in_head, any_),
        ),
        Tier.CAPTIONS: (within(everything, any_), within(told, any_)),
        Scope.HEAD: (within(head, any_),),
        Scope.ALL: (within(everything, any_),),
    }
    return ways[where]


_SQLITE_COLUMNS = {
    "title": "title",
    "head": "title labels",
    "head of body": "head",
    "told": "head description",
    "everything": "head description captions",
}
_WEIGHTS = {
    "title": "A",
    "head": "AB",
    "head of body": "AB",
    "told": "ABC",
    "everything": "ABCD",
}


def _fts5_exact(term: Term) -> str:
    return f"({' OR '.join(_fts5_rows(term))})"


def _fts5_any(term: Term) -> str:
    beginning = [f'"{term.beginning}" *'] if term.beginning else []
    return f"({' OR '.join([*_fts5_rows(term), *beginning])})"


def _fts5_rows(term: Term) -> list[str]:
    return [f'"{" ".join(stems)}"' for stems in term.stems]


def _tsquery_exact(term: Term) -> str:
    return f"({' | '.join(_tsquery_rows(term))})"


def _tsquery_any(term: Term) -> str:
    beginning = [f"{_quoted(term.beginning)}:*%"] if term.beginning else []
    return f"({' | '.join([*_tsquery_rows(term), *beginning])})"


def _tsquery_rows(term: Term) -> list[str]:
    return [" <-> ".join(f"{_quoted(stem)}:%" for stem in stems) for stems in term.stems]


def _quoted(token: str) -> str:
    return f"'{token}'"


_POSITION_MOST = 16_383
_POSITIONS_OF_ONE_MOST = 255


def _tsvector(parts: Iterable[tuple[Sequence[str], str]], tokens: Iterable[str]) -> str:
    """Return stems with weights, and tokens without, as PostgreSQL writes a `tsvector`."""
    found: dict[str, list[str]] = {token: [] for token in tokens}
    position = 0
    for stems, weight in parts:
        for stem in stems:
            position += 1
            if stem == GAP or position > _POSITION_MOST:
                continue
            places = found.setdefault(stem, [])
            if len(places) < _POSITIONS_OF_ONE_MOST:
                places.append(f"{position}{weight}")
        position += 1
    return " ".join(
        f"{_quoted(stem)}:{','.join(places)}" if places else _quoted(stem)
        for stem, places in found.items()
    )


def _insert(name: str) -> TextClause:
    columns = COLUMNS[name]
    values = [
        f"CAST(:{column} AS tsvector)"
        if column in ("head", "body") and name == TEXTS
        else f":{column}"
        for column in columns
    ]
    names, marks = ", ".join(columns), ", ".join(values)
    return text(f"INSERT INTO {name} ({names}) VALUES ({marks})")  # nosec B608 - of constants


_INSERTS = {name: _insert(name) for name in COLUMNS}
