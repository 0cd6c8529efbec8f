"""The order of what is found.

A video with all the words in its title comes before one that has them elsewhere (`Tier`).
Within a tier, what was published lately and what is watched comes first:

    0.5 ** (age / 1 year) + 0.05 * log10(1 + views)

That is reckoned for the newest `BLOCK` matches of a tier, then for the next ones, so that a
word that every video has takes no longer in a large hub than in a small one. Fewer matches
than that are in this order exactly. The ages are those at the moment of the first page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import log10
from typing import NamedTuple, Self

from videohub_core.search.entities import Scope, Sort, Tier, VideoQuery, microseconds
from videohub_core.search.ports import Match, VideoSearch
from videohub_core.shared.paging import Position

BLOCK = 1_000
_HALF_LIFE = 365 * 86_400 * 10**6
_VIEWS_WEIGHT = 0.05
_DIGITS = 6

_WAYS: Mapping[Sort, Sequence[Tier | Scope]] = {
    Sort.RELEVANCE: list(Tier),
    Sort.NEWEST: [Scope.ALL],
    Sort.VIEWS: [Scope.ALL],
}
_BEGINNINGS = (Tier.BEGINNINGS, Tier.DESCRIPTION_BEGINNINGS)


class Place(NamedTuple):
    """Where a page ended: in which block of which way to match, and after which video."""

    as_of: datetime
    way: int
    top: int
    """The block's videos have numbers below this."""
    rank: float
    number: int
    corrected: str | None = None

    @classmethod
    def first(cls, now: datetime) -> Self:
        top = microseconds(now) + 1
        return cls(now, 0, top, float("inf"), top)

    @classmethod
    def of(cls, position: Position) -> Self:
        """Return the place in a position of ours."""
        assert position.as_of is not None
        assert not isinstance(position.at, datetime)
        way, top, number, corrected = position.id.split(" ", 3)
        return cls(
            position.as_of, int(way), int(top), position.at, int(number), corrected or None
        )

    @property
    def position(self) -> Position:
        id_ = f"{self.way} {self.top} {self.number} {self.corrected or ''}"
        return Position(self.rank, id_, self.as_of)


class Ranked(NamedTuple):
    """A match and where it stands."""

    way: int
    top: int
    rank: float
    match: Match

    def place(self, before: Place) -> Place:
        return before._replace(
            way=self.way, top=self.top, rank=self.rank, number=self.match.number
        )


class Ranking:
    """The matches of a query in an order."""

    def __init__(self, search: VideoSearch, query: VideoQuery, sort: Sort) -> None:
        self._search = search
        self._query = query
        self._sort = sort

    def after(self, place: Place, count: int) -> list[Ranked]:
        """Return the next so many after a place, fewer if there are no more."""
        found: list[Ranked] = []
        if not self._query.terms:
            return found
        ways = _WAYS[self._sort]
        size = count if self._sort is Sort.NEWEST else BLOCK
        way, top = place.way, place.top
        while len(found) < count and way < len(ways):
            block = self._block(ways[way], top, size)
            ranked = [Ranked(way, top, self._rank(one, place.as_of), one) for one in block]
            if (way, top) == (place.way, place.top):
                seen = (place.rank, place.number)
                ranked = [one for one in ranked if (one.rank, one.match.number) < seen]
            found += sorted(ranked, key=lambda one: (one.rank, one.match.number), reverse=True)
            if len(block) < size:
                way, top = way + 1, microseconds(place.as_of) + 1
            else:
                top = block[-1].number
        if self._sort is Sort.NEWEST:
            # The next page begins at its first video: no part of a block is read twice.
            found = [one._replace(top=one.match.number) for one in found]
        return found[:count]

    def _block(self, where: Tier | Scope, below: int, limit: int) -> Sequence[Match]:
        if where in _BEGINNINGS and not self._query.has_beginnings:
            return []
        return self._search.matches(self._query, where, below=below, limit=limit)

    def _rank(self, match: Match, as_of: datetime) -> float:
        if self._sort is Sort.NEWEST:
            return 0.0
        if self._sort is Sort.VIEWS:
            return float(match.views)
        age = max(microseconds(as_of) - match.number, 0)
        freshness: float = 0.5 ** (age / _HALF_LIFE)
        return round(freshness + _VIEWS_WEIGHT * log10(1 + match.views), _DIGITS)
