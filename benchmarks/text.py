"""Text that looks like a community's: Russian and English, some words everywhere, most rare.

Frequencies follow Zipf's law (G. K. Zipf, Human Behavior and the Principle of Least Effort,
1949): the word of rank r comes up in proportion to 1/r.
"""

from __future__ import annotations

import random
from itertools import accumulate
from pathlib import Path

_FOLDER = Path(__file__).parent / "words"
_RUSSIAN_SHARE = 0.6
_RARE = 40_000
_SYLLABLES = {
    "russian": "ба ве го ду жи за ки ло ме ну по ра си ту фе хо це чу ша эн юр яр ть ск ст",
    "english": "ba ve go du ji za ki lo me nu po ra si tu fe ho ce chu sha en ur yar th sk st",
}


class Writer:
    """Writes words, always the same ones from the same seed."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._names = _read("names")
        self._words = {language: self._vocabulary(language) for language in _SYLLABLES}
        self._weights = {
            language: list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
            for language, words in self._words.items()
        }

    def language(self) -> str:
        return "russian" if self._rng.random() < _RUSSIAN_SHARE else "english"

    def words(self, count: int, language: str) -> list[str]:
        return self._rng.choices(
            self._words[language], cum_weights=self._weights[language], k=count
        )

    def name(self) -> str:
        return self._rng.choice(self._names)

    def common_word(self) -> str:
        """Return the word that comes up most."""
        return self._words["russian"][0]

    def _vocabulary(self, language: str) -> list[str]:
        """Return the common words, then a long tail of words that hardly anybody uses."""
        words = _read(language)
        self._rng.shuffle(words)
        syllables = _SYLLABLES[language].split()
        rare = (self._rng.choices(syllables, k=self._rng.randint(3, 5)) for _ in range(_RARE))
        known = set(words)
        return words + [word for word in dict.fromkeys(map("".join, rare)) if word not in known]


def _read(name: str) -> list[str]:
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").split()
