"""Suggest what somebody who types may be looking for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from videohub_core.search.entities import (
    SUGGESTED_FOR_MOST,
    VideoQuery,
    folded,
    words_of,
)
from videohub_core.search.ports import Labels, Stemmer, VideoSearch
from videohub_core.shared.ids import ChannelId

SUGGESTIONS_MOST = 8
_LOOKED_AT = 100
"""How many of the newest videos suggestions come from."""


class Suggestion(NamedTuple):
    """A text that finds something now: a title, a tag, or a channel."""

    kind: str
    text: str
    channel_id: ChannelId | None = None


class SuggestSearches:
    """Return titles, tags and channels of listed videos that go on as the text begins.

    The last word need not be complete.
    """

    def __init__(self, search: VideoSearch, stemmer: Stemmer) -> None:
        self._search = search
        self._stemmer = stemmer

    def __call__(self, *, text: str) -> list[Suggestion]:
        """Raise InvalidInput for a text that is empty or too long."""
        query = VideoQuery.checked(text, self._stemmer.kin, most=SUGGESTED_FOR_MOST, least=1)
        if not query.terms:
            return []
        weights: Counter[Suggestion] = Counter()
        for labels in self._search.labels(query, _LOOKED_AT):
            for suggestion in _candidates(labels):
                if self._fits(suggestion.text, query):
                    weights[suggestion] += 1 + labels.views
        best: dict[str, Suggestion] = {}
        for suggestion, _ in weights.most_common():
            best.setdefault(folded(suggestion.text), suggestion)
        return list(best.values())[:SUGGESTIONS_MOST]

    def _fits(self, text: str, query: VideoQuery) -> bool:
        words = words_of(text)
        stems = set(map(self._stemmer.stem, words))
        typed = [word for term in query.terms for word in term.words]
        return all(
            not stems.isdisjoint(self._stemmer.kin(word))
            or any(one.startswith(word) for one in words)
            for word in typed
        )


def _candidates(labels: Labels) -> Iterator[Suggestion]:
    yield Suggestion("channel", labels.channel_title, labels.channel_id)
    for tag in labels.tags:
        yield Suggestion("tag", tag)
    yield Suggestion("title", labels.title)
