"""How the table is made: pairs, ratios, spread."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from benchmarks.harness import Spread, at_least, at_most, compare
from benchmarks.text import Writer


def taking_turns(seen: list[str], name: str, figures: Iterator[float]) -> float:
    seen.append(name)
    return next(figures)


def test_the_ratio_is_of_each_round_and_the_order_turns() -> None:
    seen: list[str] = []
    ours = iter([99.0, 10.0, 20.0, 30.0])
    theirs = iter([99.0, 10.0, 10.0, 10.0])
    row = compare(
        "P0",
        "what",
        unit="s",
        reference=("them", lambda: taking_turns(seen, "them", theirs)),
        ours=lambda: taking_turns(seen, "us", ours),
        aim=at_most(1.5),
        rounds=3,
    )
    # The first of each is not counted.
    assert seen == ["them", "us", "them", "us", "us", "them", "them", "us"]
    assert row.ratio.median == 2
    assert (row.ratio.low, row.ratio.high) == (1.5, 2.5)
    assert not row.is_met
    assert row.as_json()["ratio"]["median"] == 2


@pytest.mark.parametrize(
    ("aim", "ratio", "met"),
    [
        (at_least(1), 1, True),
        (at_least(1), 0.99, False),
        (at_most(1.5), 1.5, True),
        (at_most(1.5), 1.51, False),
    ],
)
def test_aims(aim: object, ratio: float, met: bool) -> None:
    assert aim.is_met(ratio) is met  # type: ignore[attr-defined]


def test_one_figure_is_its_own_spread() -> None:
    assert Spread.of([3.0]) == Spread(3.0, 3.0, 3.0)


def test_some_words_are_everywhere_and_most_are_rare() -> None:
    words = Writer(random.Random(1)).words(20_000, "russian")
    counts = sorted((words.count(word) for word in set(words)), reverse=True)
    assert counts[0] > 50 * counts[1000]
    assert sum(count == 1 for count in counts) > 1000
