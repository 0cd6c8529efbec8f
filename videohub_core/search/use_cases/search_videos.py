"""Find videos by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from videohub_core.search.entities import (
    NO_FILTERS,
    Filters,
    Scope,
    Sort,
    Term,
    VideoQuery,
    microseconds,
)
from videohub_core.search.ports import Stemmer, VideoSearch
from videohub_core.search.use_cases.ranking import Place, Ranking
from videohub_core.search.use_cases.snippets import Part, Snippets
from videohub_core.shared.clock import Clock
from videohub_core.shared.paging import PageRequest, Position
from videohub_core.videos.ports import VideoView


class FoundVideo(NamedTuple):
    """A video and its texts, with the words marked."""

    video: VideoView
    title: Sequence[Part]
    description: Sequence[Part]


@dataclass(frozen=True)
class Found:
    """A page of what was found."""

    items: Sequence[FoundVideo]
    next: Position | None
    corrected: str | None = None
    """What was looked for instead, since nothing has the words as they were typed."""


class SearchVideos:
    """Return listed videos that have every word, in the order that is asked for."""

    def __init__(self, search: VideoSearch, stemmer: Stemmer, clock: Clock) -> None:
        self._search = search
        self._stemmer = stemmer
        self._clock = clock

    def __call__(
        self,
        *,
        text: str,
        page: PageRequest,
        sort: Sort = Sort.RELEVANCE,
        filters: Filters = NO_FILTERS,
    ) -> Found:
        """Raise InvalidInput for a text that is empty or too long, and for wrong filters."""
        query = VideoQuery.checked(text, self._stemmer.kin, filters)
        if page.after is not None:
            place = Place.of(page.after)
            if place.corrected:
                query = VideoQuery.checked(place.corrected, self._stemmer.kin, filters)
        else:
            place = Place.first(self._clock.now())
        found = self._page(query, sort, place, page.limit)
        if not found.items and page.after is None and (better := self._corrected(query)):
            query = VideoQuery.checked(better, self._stemmer.kin, filters)
            found = self._page(query, sort, place._replace(corrected=better), page.limit)
        return found

    def _page(self, query: VideoQuery, sort: Sort, place: Place, limit: int) -> Found:
        ranked = Ranking(self._search, query, sort).after(place, limit + 1)
        shown = ranked[:limit]
        views = self._search.shown(one.match.video_id for one in shown)
        by_id = {view.id: view for view in views}
        snippets = Snippets(query, self._stemmer.stem)
        items = [
            FoundVideo(view, snippets.whole(view.title), snippets.excerpt(view.description))
            for one in shown
            # Whatever was hidden a moment ago is left out.
            if (view := by_id.get(one.match.video_id)) is not None
        ]
        more = len(ranked) > limit
        last = shown[-1].place(place).position if more else None
        return Found(items, last, place.corrected if items else None)

    def _corrected(self, query: VideoQuery) -> str | None:
        """Return a query with likely words for those that nothing has, None if it has none."""
        written = []
        is_corrected = False
        for term in query.terms:
            words = " ".join(term.words)
            if len(term.words) > 1:
                words = f'"{words}"'
            elif not self._has(term):
                likely = self._search.likely_words(words)
                known = (one for one in likely if self._has(Term.of((one,), self._stemmer.kin)))
                better = next(known, None)
                if better is None:
                    return None
                words, is_corrected = better, True
            written.append(words)
        return " ".join(written) if is_corrected else None

    def _has(self, term: Term) -> bool:
        below = microseconds(self._clock.now()) + 1
        alone = VideoQuery((term,))
        return bool(self._search.matches(alone, Scope.ALL, below=below, limit=1))
