"""Words, as search compares them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.text import text_error

QUERY_MOST = 200
WORDS_MOST = 10


def words_of(text: str) -> list[str]:
    """Return a text's words in one form: case folded, `ё` as `е`, marks of letters kept.

    What is neither a letter nor a digit separates words, so that any string is a safe
    query.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    spaced = "".join(character if _is_word(character) else " " for character in folded)
    return spaced.split()


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


@dataclass(frozen=True)
class VideoQuery:
    """What to look for: every word has to begin a word of the title or description."""

    words: tuple[str, ...]

    @classmethod
    def checked(cls, text: str) -> VideoQuery:
        """Return the query in a text, or raise InvalidInput."""
        error = text_error("/q", text.strip(), least=1, most=QUERY_MOST)
        words = tuple(dict.fromkeys(words_of(text)))
        if error is None and len(words) > WORDS_MOST:
            error = FieldError("/q", "too_many", f"There may be at most {WORDS_MOST} words.")
        if error is not None:
            raise InvalidInput([error])
        return cls(words)
