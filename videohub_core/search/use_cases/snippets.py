"""Texts as results show them: in parts, so that whoever shows them can mark the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from videohub_core.search.entities import Stem, VideoQuery, folded, places_of

EXCERPT_MOST = 220
_BEFORE = 60
"""How many characters of an excerpt may stand before the first word that was found."""
_LOOKED_THROUGH = 3_000
_CUT = "…"


class Part(NamedTuple):
    """A piece of a text, and whether it is a word that was looked for."""

    text: str
    mark: bool


class Snippets:
    """Marks the words of one query."""

    def __init__(self, query: VideoQuery, stem: Stem) -> None:
        self._stem = stem
        self._stems = {stem for term in query.terms for stems in term.stems for stem in stems}
        self._beginnings = tuple(term.beginning for term in query.terms if term.beginning)

    def whole(self, text: str) -> list[Part]:
        """Return all of a text."""
        return _parts(text, list(self._found(text)))

    def excerpt(self, text: str) -> list[Part]:
        """Return as much of a text as fits, around the first word that was found."""
        looked_through = text[:_LOOKED_THROUGH]
        first = next(self._found(looked_through), (0, 0))[0]
        start = 0
        if first > _BEFORE and len(text) > EXCERPT_MOST:
            start = looked_through.find(" ", first - _BEFORE, first) + 1 or first
        end = start + EXCERPT_MOST
        if len(text) > end:
            end = max(text.rfind(" ", start + EXCERPT_MOST // 2, end), 0) or end
        cut = text[start:end]
        parts = self.whole(cut)
        if start:
            parts.insert(0, Part(_CUT, False))
        if end < len(text):
            parts.append(Part(_CUT, False))
        return parts

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        for start, end in places_of(text):
            word = folded(text[start:end])
            if word.startswith(self._beginnings) or self._stem(word) in self._stems:
                yield start, end


def _parts(text: str, found: Sequence[tuple[int, int]]) -> list[Part]:
    parts = []
    last = 0
    for start, end in found:
        parts += [Part(text[last:start], False), Part(text[start:end], True)]
        last = end
    parts.append(Part(text[last:], False))
    return [part for part in parts if part.text]
