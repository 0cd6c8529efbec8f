"""What is searched for, and what is searched: words in one form, and their stems."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum
from functools import cache
from itertools import islice, product

from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.ids import ChannelId, VideoId
from videohub_core.shared.text import text_error
from videohub_core.videos.entities import tag_error, tag_of

QUERY_MOST = 200
SUGGESTED_FOR_MOST = 100
WORDS_MOST = 10
WORD_MOST = 60
"""A longer run of letters is cut: no database keeps one of any length."""
CAPTION_WORDS_MOST = 10_000
"""How many words of a video's captions are found."""
_ALTERNATIVES_MOST = 9
"""In how many ways a phrase is looked for."""
PREFIX_LEAST = 2
"""A single letter begins too many words."""

GAP = "\ue000"
"""Stands between texts, so that no phrase runs from one into the next. Nobody can type it:
it is no letter, digit or mark."""
_FILTER = "\ue001"

_MARKS = range(0x300, 0x1F000)
"""Where Unicode has the marks that letters are written with."""
_QUOTED = re.compile(r'"([^"]*)"')
_QUOTES = str.maketrans("«»“”„", '"' * 5)

Stem = Callable[[str], str]
Kin = Callable[[str], tuple[str, ...]]
"""See `Stemmer`."""


def folded(text: str) -> str:
    """Return a text with case folded, `ё` as `е`, and one form for what looks alike."""
    return unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")


def words_of(text: str) -> list[str]:
    """Return a text's words in one form.

    What is no letter, digit or mark separates words, so that any string is a safe query.
    """
    return [word[:WORD_MOST] for word in _word().findall(folded(text).replace("_", " "))]


def places_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the words of a text as it was written begin and end."""
    for found in _word().finditer(text.replace("_", " ")):
        yield found.span()


@cache
def _word() -> re.Pattern[str]:
    """Return what a word is: a letter or digit, then others and marks upon them."""
    marks = (chr(code) for code in _MARKS if unicodedata.category(chr(code))[0] == "M")
    return re.compile(rf"\w[\w{''.join(marks)}]*")


@dataclass(frozen=True)
class Term:
    """A word that is looked for, or some that have to follow each other."""

    words: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]
    """Rows of stems; a text has one of these."""
    beginning: str | None = None
    """What a word may begin with, instead of having one of the stems."""

    @classmethod
    def of(cls, words: tuple[str, ...], kin: Kin, least: int = PREFIX_LEAST) -> Term:
        """Return a word, which may be the beginning of another, or a phrase."""
        stems = tuple(islice(product(*map(kin, words)), _ALTERNATIVES_MOST))
        alone = len(words) == 1 and len(words[0]) >= least
        return cls(words, stems, words[0] if alone else None)


class Tier(IntEnum):
    """How a video has all the words, the best way first. No video is in two of these."""

    TITLE = 1
    LABELS = 2
    """Some of them are in its tags or in the title of its channel."""
    BEGINNINGS = 3
    """Some of them only begin words there."""
    DESCRIPTION = 4
    DESCRIPTION_BEGINNINGS = 5
    CAPTIONS = 6
    """Some of them, or words that they begin, are only in the captions."""


class Scope(Enum):
    """What is searched where the order does not tell ways to match apart."""

    HEAD = "head"
    """Titles, tags and titles of channels."""
    ALL = "all"


class Sort(Enum):
    RELEVANCE = "relevance"
    NEWEST = "-published_at"
    VIEWS = "-views"


@dataclass(frozen=True)
class Filters:
    """What a video has to be besides having the words; None asks for nothing."""

    channel_id: ChannelId | None = None
    tag: str | None = None
    duration_min: float | None = None
    duration_max: float | None = None
    published_after: datetime | None = None

    def checked(self) -> Filters:
        """Return the filters in one form, or raise InvalidInput."""
        errors = []
        if self.tag is not None:
            errors.append(tag_error("/tag", tag_of(self.tag)))
        for name in ("duration_min", "duration_max"):
            seconds = getattr(self, name)
            if seconds is not None and not 0 <= seconds < float("inf"):
                errors.append(
                    FieldError(f"/{name}", "out_of_range", "This is a number of seconds.")
                )
        found = [error for error in errors if error is not None]
        if found:
            raise InvalidInput(found)
        return replace(self, tag=None if self.tag is None else tag_of(self.tag))

    @property
    def tokens(self) -> list[list[str]]:
        """Return of which tokens (`filter_tokens`) a video has one each."""
        groups = []
        if self.channel_id is not None:
            groups.append([_token("channel", self.channel_id)])
        if self.tag is not None:
            groups.append([_token("tag", self.tag)])
        if self.duration_min is not None or self.duration_max is not None:
            most = float("inf") if self.duration_max is None else self.duration_max
            lengths = range(_length(self.duration_min or 0), _length(most) + 1)
            groups.append([_token("length", str(number)) for number in lengths or [-1]])
        return groups


NO_FILTERS = Filters()


@dataclass(frozen=True)
class VideoQuery:
    """What to look for. A query without terms finds nothing."""

    terms: tuple[Term, ...]
    filters: Filters = NO_FILTERS

    @classmethod
    def checked(
        cls,
        text: str,
        kin: Kin,
        filters: Filters = NO_FILTERS,
        *,
        most: int = QUERY_MOST,
        least: int = PREFIX_LEAST,
    ) -> VideoQuery:
        """Return the query in a text of at most so many characters, or raise InvalidInput.

        What stands in quotation marks is a phrase; with fewer than `least` letters, a word
        is not taken for the beginning of another.
        """
        error = text_error("/q", text.strip(), least=1, most=most)
        terms = [] if error else _terms(text.translate(_QUOTES), kin, least)
        if sum(len(term.words) for term in terms) > WORDS_MOST:
            error = FieldError("/q", "too_many", f"There may be at most {WORDS_MOST} words.")
        if error is not None:
            raise InvalidInput([error])
        return cls(tuple(dict.fromkeys(terms)), filters.checked())

    @property
    def has_beginnings(self) -> bool:
        return any(term.beginning for term in self.terms)


def _terms(text: str, kin: Kin, least: int) -> list[Term]:
    found = []
    for number, part in enumerate(_QUOTED.split(text)):
        words = words_of(part)
        is_phrase = number % 2 == 1 and words
        together = [tuple(words)] if is_phrase else [(word,) for word in words]
        found += [Term.of(one, kin, least) for one in together]
    return found


@dataclass(frozen=True)
class Document:
    """What search keeps of a video that everyone may watch: the stems of its texts."""

    video_id: VideoId
    published_at: datetime
    title: tuple[str, ...]
    labels: tuple[str, ...]
    """Of its tags and the title of its channel, with gaps between them."""
    description: tuple[str, ...]
    captions: tuple[str, ...]
    tokens: tuple[str, ...]
    """What filters ask for (`Filters.tokens`)."""
    vocabulary: frozenset[str]
    """The words themselves, for those who mistype one. Captions are not among them."""


def stems_of(texts: Iterable[str], stem: Stem) -> Iterator[str]:
    """Yield the stems of some texts, with a gap between two of these."""
    for number, text in enumerate(texts):
        if number:
            yield GAP
        yield from map(stem, words_of(text))


def filter_tokens(
    channel_id: ChannelId, tags: Iterable[str], duration: float | None
) -> tuple[str, ...]:
    """Return the tokens by which filters find a video."""
    return (
        _token("channel", channel_id),
        *(_token("tag", tag) for tag in tags),
        _token("length", str(_length(duration or 0))),
    )


def _token(kind: str, value: str) -> str:
    digest = hashlib.blake2b(f"{kind} {value}".encode(), digest_size=8).hexdigest()
    return f"{_FILTER}{digest}"


_LENGTHS = (30, 60, 120, 240, 480, 900, 1200, 1800, 2700, 3600, 5400, 7200, 14400)


def _length(seconds: float) -> int:
    """Return into which class of lengths some seconds fall."""
    return sum(seconds >= limit for limit in _LENGTHS)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Return a moment as the number that is nearest to it."""
    return (at - _EPOCH) // timedelta(microseconds=1)
