"""`VideoSearch`: reading what `search` and `search_texts` keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rapidfuzz.distance import OSA
from sqlalchemy import (
    Float,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    select,
)

from adapters.persistence.among import Among
from adapters.persistence.channels import channels
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
from adapters.persistence.search_texts import PostgresTexts, SqliteTexts, Texts
from adapters.persistence.video_lists import IS_LISTED, LISTED
from adapters.persistence.video_rows import video_view, videos
from videohub_core.search.entities import Scope, Tier, VideoQuery, microseconds
from videohub_core.search.ports import Labels, Match
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import VideoId
from videohub_core.videos.ports import VideoView

_SECOND = 1_000_000
_LONGEST = 1e12
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
_LIKELY_MOST = 10
_LAST = "\U0010ffff"
_COMPLETIONS_MOST = 5
_LONG = 8
"""So many letters a word has in which there may be two slips."""


def _matching(texts: Texts, where: Tier | Scope, *columns: Any) -> Select[Any]:
    """Return the newest documents that match, if they are listed and the filters let them."""
    source, key = texts.source(where)
    seconds = func.coalesce(videos.c.duration, 0.0)
    # The plus has SQLite begin with the texts, and not look each video up in them.
    doc = literal_column(f"+{key}") if isinstance(texts, SqliteTexts) else key
    joined = (
        source.join(search_documents, search_documents.c.doc == doc)
        .join(videos, videos.c.id == search_documents.c.video_id)
        .join(channels, channels.c.id == videos.c.channel_id)
    )
    return (
        select(*columns)
        .select_from(joined)
        .where(
            texts.condition(where),
            key < bindparam("below"),
            key > bindparam("above"),
            *IS_LISTED,
            videos.c.channel_id
            == func.coalesce(bindparam("channel_id", type_=String), videos.c.channel_id),
            seconds >= bindparam("duration_min", type_=Float),
            seconds <= bindparam("duration_max", type_=Float),
            videos.c.published_at > bindparam("published_after", type_=UtcDateTime),
        )
        .order_by(key.desc())
        .limit(bindparam("limit"))
    )


_DIALECTS: Mapping[str, Texts] = {"sqlite": SqliteTexts(), "postgresql": PostgresTexts()}

MATCHES: Mapping[tuple[str, Tier | Scope], Prepared] = {
    (name, where): Prepared(
        _matching(texts, where, texts.source(where)[1], videos.c.id, videos.c.views),
        plan_anew=True,
    )
    for name, texts in _DIALECTS.items()
    for where in (*Tier, Scope.ALL)
}
LABELS: Mapping[str, Prepared] = {
    name: Prepared(
        _matching(
            texts,
            Scope.HEAD,
            videos.c.title,
            videos.c.tags,
            channels.c.id,
            channels.c.title,
            videos.c.views,
        ),
        plan_anew=True,
    )
    for name, texts in _DIALECTS.items()
}
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

    def matches(
        self, query: VideoQuery, where: Tier | Scope, *, below: int, limit: int
    ) -> Sequence[Match]:
        if not query.terms:
            return []
        values = self.values(query, where, below=below, limit=limit)
        rows = MATCHES[self._dialect, where].rows(self._database, values)
        return [Match(*row) for row in rows]

    def values(
        self, query: VideoQuery, where: Tier | Scope, *, below: int, limit: int
    ) -> dict[str, Any]:
        """Return the parameters of a statement of `MATCHES` or `LABELS`."""
        filters = query.filters
        after = filters.published_after
        return {
            "match": self._texts.match(query, where),
            "now": self._clock.now(),
            "below": below,
            # The key may be a little before the moment: see `key_of`.
            "above": 0 if after is None else microseconds(after) - _SECOND,
            "channel_id": filters.channel_id,
            "duration_min": filters.duration_min or 0.0,
            "duration_max": _LONGEST if filters.duration_max is None else filters.duration_max,
            "published_after": after or _ALWAYS,
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
        return [Labels(*row) for row in LABELS[self._dialect].rows(self._database, values)]

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
