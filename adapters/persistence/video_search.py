"""`VideoSearch`: reading what `search` and `search_texts` keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from rapidfuzz.distance import OSA
from sqlalchemy import (
    ColumnElement,
    Float,
    bindparam,
    func,
    literal_column,
    select,
)

from adapters.persistence.among import Among
from adapters.persistence.channels import channels
from adapters.persistence.common_words import CommonWords
from adapters.persistence.database import Database
from adapters.persistence.metadata import UtcDateTime
from adapters.persistence.prepared import Prepared
from adapters.persistence.search import (
    is_told_apart,
    search_documents,
    search_slips,
    search_words,
    slips_of,
    texts_of,
)
from adapters.persistence.video_lists import IS_LISTED, LISTED
from adapters.persistence.video_rows import video_view, videos
from videohub_core.search.entities import Scope, Tier, VideoQuery, microseconds
from videohub_core.search.ports import Labels, Match
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import VideoId
from videohub_core.videos.ports import VideoView

_SECOND = 1_000_000
_LIKELY_MOST = 10
_LAST = "\U0010ffff"
_COMPLETIONS_MOST = 5
_LONG = 8
"""So many letters a word has in which there may be two slips."""


_FILTERS: Mapping[str, ColumnElement[bool]] = {
    "duration_min": videos.c.duration >= bindparam("duration_min", type_=Float),
    "duration_max": videos.c.duration <= bindparam("duration_max", type_=Float),
    "published_after": videos.c.published_at > bindparam("published_after", type_=UtcDateTime),
}
"""What the tokens of a text only come near to."""


@cache
def statement(
    dialect: str,
    where: Tier | Scope,
    filters: frozenset[str] = frozenset(),
    *,
    is_gathered: bool = False,
) -> Prepared:
    """Return the select of the newest documents that match, if they are listed.

    Where they are gathered, all matches are sorted (`common_words`).
    """
    texts = texts_of(dialect)
    source, key, video_id = texts.source(where, search_documents)
    columns: Sequence[Any] = (key, videos.c.id, videos.c.views)
    if where is Scope.HEAD:
        columns = (videos.c.title, videos.c.tags, channels.c.id, channels.c.title)
        columns = (*columns, videos.c.views)
    if is_gathered:
        key = key + literal_column("0")
    # The join is outer for the reason that `VIDEO_VIEW` has.
    joined = source.join(videos, videos.c.id == video_id).outerjoin(
        channels, channels.c.id == videos.c.channel_id
    )
    return Prepared(
        select(*columns)
        .select_from(joined)
        .where(
            texts.condition(where),
            key < bindparam("below"),
            key > bindparam("above"),
            *IS_LISTED,
            *(_FILTERS[name] for name in sorted(filters)),
        )
        .order_by(key.desc())
        .limit(bindparam("limit")),
        plan_anew=True,
    )


SHOWN = Prepared(LISTED.where(Among(videos.c.id, "ids")))
_COMPLETIONS = Prepared(
    select(search_words.c.word)
    .where(search_words.c.word > bindparam("word"), search_words.c.word < bindparam("end"))
    .order_by(func.length(search_words.c.word), search_words.c.word)
    .limit(_COMPLETIONS_MOST)
)
_SLIPS = Prepared(
    select(search_slips.c.word).where(Among(search_slips.c.typed, "typed")).distinct()
)


class SqlVideoSearch:
    """`VideoSearch` over one of the databases."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._dialect = database.reader.dialect.name
        self._texts = texts_of(self._dialect)
        self._common = CommonWords(database)

    def matches(
        self, query: VideoQuery, where: Tier | Scope, *, below: int, limit: int
    ) -> Sequence[Match]:
        if not query.terms:
            return []
        values = self.values(query, where, below=below, limit=limit)
        asked = statement(
            self._dialect,
            where,
            frozenset(_FILTERS.keys() & values.keys()),
            is_gathered=self._is_gathered(query),
        )
        return [Match(*row) for row in asked.rows(self._database, values)]

    def values(
        self, query: VideoQuery, where: Tier | Scope, *, below: int, limit: int
    ) -> dict[str, Any]:
        """Return the parameters of a `statement`, of the filters that are asked for too."""
        filters = query.filters
        after = filters.published_after
        asked = {
            name: value for name in _FILTERS if (value := getattr(filters, name)) is not None
        }
        return {
            **asked,
            "match": self._texts.match(query, where),
            "now": self._clock.now(),
            "below": below,
            # The key may be a little before the moment: see `key_of`.
            "above": 0 if after is None else microseconds(after) - _SECOND,
            "limit": limit,
        }

    def shown(self, video_ids: Iterable[VideoId]) -> Sequence[VideoView]:
        ids = list(video_ids)
        if not ids:
            return []
        values = {"ids": ids, "now": self._clock.now()}
        return [video_view(row) for row in SHOWN.rows(self._database, values)]

    def labels(self, query: VideoQuery, limit: int) -> Sequence[Labels]:
        if not query.terms:
            return []
        below = microseconds(self._clock.now()) + 1
        values = self.values(query, Scope.HEAD, below=below, limit=limit)
        is_gathered = self._is_gathered(query)
        asked = statement(self._dialect, Scope.HEAD, is_gathered=is_gathered)
        return [Labels(*row) for row in asked.rows(self._database, values)]

    def _is_gathered(self, query: VideoQuery) -> bool:
        return self._dialect != "sqlite" and not self._common.all_in(query)

    def likely_words(self, word: str) -> Sequence[str]:
        if not is_told_apart(word):
            return []
        longer = {"word": word, "end": f"{word}{_LAST}"}
        completions = _COMPLETIONS.rows(self._database, longer)
        slips = _SLIPS.rows(self._database, {"typed": sorted(slips_of(word))})
        near = [row[0] for row in slips]
        most = 2 if len(word) >= _LONG else 1
        distances = {one: OSA.distance(word, one, score_cutoff=most) for one in near}
        # People seldom mistake the first letter.
        by_likelihood = sorted(
            (one for one in near if distances[one] <= most),
            key=lambda one: (distances[one], one[0] != word[0], len(one), one),
        )
        found = [*by_likelihood, *(row[0] for row in completions)]
        return [one for one in dict.fromkeys(found) if one != word][:_LIKELY_MOST]
