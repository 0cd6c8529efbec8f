"""Which words are so common that PostgreSQL had better look for them along the time.

The planner has to choose between two ways to the newest matches: all matches, sorted, or the
documents from the newest on until there are enough. It takes a word it knows nothing of for
one that 0.5 % of the texts have, and looks through all of them for what is not there. The
statistics that it goes by say which words are common; with all others it is not left a choice.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Sequence

from sqlalchemy import ARRAY, Float, String, column, literal_column, select, table

from adapters.persistence.database import Database
from adapters.persistence.prepared import Prepared
from adapters.persistence.search_texts import TEXTS
from videohub_core.search.entities import VideoQuery

_KEPT_SECONDS = 300.0
_SHARE = 0.005
"""Of the texts, that have a common word."""

_STATISTICS = table("pg_stats", column("schemaname"), column("tablename"), column("attname"))
# The elements are of the pseudo-type `anyarray`.
_COMMON = Prepared(
    select(
        literal_column("CAST(CAST(most_common_elems AS text) AS text[])", ARRAY(String)),
        literal_column("most_common_elem_freqs", ARRAY(Float)),
    )
    .select_from(_STATISTICS)
    .where(
        _STATISTICS.c.schemaname == literal_column("current_schema()"),
        _STATISTICS.c.tablename == TEXTS,
        _STATISTICS.c.attname == "body",
    )
)


class CommonWords:
    """The stems that many texts have, as PostgreSQL found them last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Sequence[str] = ()
        self._until = 0.0

    def all_in(self, query: VideoQuery) -> bool:
        """Tell whether everything in a query is common."""
        now = time.monotonic()
        if now >= self._until:
            row = _COMMON.first(self._database, {})
            # Behind the shares of the elements are others, of all of them.
            shares = zip(row[0], row[1], strict=False) if row and row[0] else ()
            self._known = sorted(stem for stem, share in shares if share >= _SHARE)
            self._until = now + _KEPT_SECONDS
        stems = ([stem for row in term.stems for stem in row] for term in query.terms)
        beginnings = (term.beginning for term in query.terms)
        return all(
            any(map(self._is_common, several))
            or (beginning is not None and self._begins_common(beginning))
            for several, beginning in zip(stems, beginnings, strict=True)
        ) and all(any(map(self._is_common, group)) for group in query.filters.tokens)

    def _is_common(self, stem: str) -> bool:
        at = bisect_left(self._known, stem)
        return at < len(self._known) and self._known[at] == stem

    def _begins_common(self, beginning: str) -> bool:
        at = bisect_left(self._known, beginning)
        return at < len(self._known) and self._known[at].startswith(beginning)
