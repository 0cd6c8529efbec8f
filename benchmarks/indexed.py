"""What search knows of a community's videos, in little room: a million are held at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from adapters.persistence.search import is_told_apart, slips_of
from adapters.persistence.search_texts import Texts
from adapters.search_stems import SnowballStemmer
from videohub_core.search.entities import (
    GAP,
    Document,
    filter_tokens,
    microseconds,
    words_of,
)
from videohub_core.shared.ids import ChannelId, VideoId


class Place(NamedTuple):
    """Where a video is, and when, and how long."""

    channel_id: str
    channel_title: str
    video_id: str
    at: datetime
    duration: float


class _Text(NamedTuple):
    place: Place
    title: int
    """How many of the words are its title, and how many of these its tags."""
    tags: int
    words: array[int]


class Indexed:
    """The videos in the order in which they come."""

    def __init__(self) -> None:
        self._stemmer = SnowballStemmer()
        self._stems: list[str] = []
        self._words: list[str] = []
        self._numbers: dict[str, int] = {}
        self._texts: list[_Text] = []

    def add(
        self, place: Place, title: Sequence[str], description: Sequence[str], tags: int
    ) -> None:
        words = array("I", map(self._number, [*title, *description]))
        self._texts.append(_Text(place, len(title), tags, words))

    def documents(self) -> Iterator[dict[str, Any]]:
        for place, *_ in self._texts:
            key = microseconds(place.at)
            yield {"doc": key, "video_id": place.video_id, "captions": ""}

    def texts(self, texts: Texts, name: str) -> Iterator[dict[str, Any]]:
        for one in self._texts:
            yield texts.rows(microseconds(one.place.at), self._document(one))[name]

    def words(self) -> Iterator[dict[str, Any]]:
        for word in filter(is_told_apart, self._words):
            yield {"word": word}

    def slips(self) -> Iterator[dict[str, Any]]:
        for word in filter(is_told_apart, self._words):
            for typed in slips_of(word):
                yield {"typed": typed, "word": word}

    def _document(self, one: _Text) -> Document:
        place = one.place
        stems = [self._stems[number] for number in one.words]
        labels = [self._stemmer.stem(word) for word in words_of(place.channel_title)]
        for stem in stems[: one.tags]:
            labels += [GAP, stem]
        tags = [self._words[number] for number in one.words[: one.tags]]
        return Document(
            video_id=VideoId(place.video_id),
            published_at=place.at,
            title=tuple(stems[: one.title]),
            labels=tuple(labels),
            description=tuple(stems[one.title :]),
            captions=(),
            tokens=filter_tokens(ChannelId(place.channel_id), tags, place.duration),
            vocabulary=frozenset(),
        )

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            (folded,) = words_of(word)
            number = self._numbers[word] = len(self._words)
            self._words.append(folded)
            self._stems.append(self._stemmer.stem(folded))
        return number
