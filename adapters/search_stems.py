"""The stems of words by Snowball's algorithms: Russian, and English for Latin letters.

M. F. Porter, "Snowball: A language for stemming algorithms", 2001.
"""

from __future__ import annotations

import re
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer
from snowballstemmer.russian_stemmer import RussianStemmer

_KEPT = 50_000
"""A stem takes 25 µs to find; texts consist of the same words over and over."""

# What the algorithm leaves alone: `узел` and `узлы`, `ошибка` and `ошибок`.
_FLEETING = re.compile("(.*[бвгджзйклмнпрстфхцчшщ])[ое]([кцлнр])")
_FLED = re.compile("(.*[бвгджзйклмнпрстфхцчшщ])([кцлнр])")
_LEAST = 3


class SnowballStemmer:
    """`Stemmer`."""

    def stem(self, word: str) -> str:
        return _stem(word)

    def kin(self, word: str) -> tuple[str, ...]:
        stem = _stem(word)
        if not _is_russian(word) or len(stem) < _LEAST:
            return (stem,)
        if fleeting := _FLEETING.fullmatch(stem):
            return (stem, "".join(fleeting.groups()))
        if fled := _FLED.fullmatch(stem):
            before, after = fled.groups()
            return (stem, *(f"{before}{vowel}{after}" for vowel in "ое"))
        return (stem,)


def _is_russian(word: str) -> bool:
    return "а" <= word[0] <= "я"


@lru_cache(_KEPT)
def _stem(word: str) -> str:
    # A stemmer keeps the word it is at: each call has its own.
    if word.isascii():
        return EnglishStemmer().stemWord(word) if word.isalpha() else word
    return RussianStemmer().stemWord(word) if _is_russian(word) else word
