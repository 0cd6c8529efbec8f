"""Measuring two things in turn, so that a busy machine is busy for both.

A round takes one sample of the reference and one of ours, each time the other one first.
What counts is the ratio of a round; a row shows the median of its rounds and how far they
lie apart (the quartiles). Absolute figures are shown too, and nothing depends on them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROUNDS = 15
"""As many as a row takes, unless it says that fewer will do."""

Sample = Callable[[], float]


@dataclass(frozen=True)
class Aim:
    """What a ratio should be: `at_least` or `at_most` a value."""

    kind: str
    value: float

    def is_met(self, ratio: float) -> bool:
        return ratio >= self.value if self.kind == "at_least" else ratio <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.kind == 'at_least' else '≤'} {self.value:g}"


def at_least(value: float) -> Aim:
    return Aim("at_least", value)


def at_most(value: float) -> Aim:
    return Aim("at_most", value)


@dataclass(frozen=True)
class Spread:
    """The middle of some figures and the quartiles around it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        if len(figures) == 1:
            return cls(figures[0], figures[0], figures[0])
        low, median, high = statistics.quantiles(figures, n=4, method="inclusive")
        return cls(median, low, high)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    id: str
    what: str
    unit: str
    reference: str
    ours: Spread
    theirs: Spread
    ratio: Spread
    aim: Aim | None
    note: str = ""

    @property
    def is_met(self) -> bool:
        return self.aim is None or self.aim.is_met(self.ratio.median)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "is_met": self.is_met}


@dataclass(frozen=True)
class Run:
    """What is measured: which databases and sizes, where files may lie, how often at most."""

    folder: Path
    kinds: Sequence[str]
    sizes: Sequence[int]
    rounds: int = ROUNDS

    def compare(self, id_: str, what: str, *, rounds: int = ROUNDS, **about: Any) -> Row:
        """Return a row: see `compare`."""
        return compare(id_, what, rounds=min(rounds, self.rounds), **about)


def compare(
    id_: str,
    what: str,
    *,
    unit: str,
    reference: tuple[str, Sample],
    ours: Sample,
    aim: Aim | None,
    rounds: int = ROUNDS,
    note: str = "",
) -> Row:
    """Return the row of two samples that are taken in turn; the ratio is ours to theirs."""
    name, theirs = reference
    pairs: list[tuple[float, float]] = []
    # The first of each finds nothing warm.
    theirs(), ours()
    for number in range(rounds):
        if number % 2:
            mine = ours()
            pairs.append((mine, theirs()))
        else:
            other = theirs()
            pairs.append((ours(), other))
    return Row(
        id=id_,
        what=what,
        unit=unit,
        reference=name,
        ours=Spread.of([mine for mine, _ in pairs]),
        theirs=Spread.of([other for _, other in pairs]),
        ratio=Spread.of([mine / other for mine, other in pairs]),
        aim=aim,
        note=note,
    )


def per_second(call: Callable[[], object], seconds: float = 0.1) -> Sample:
    """Return a sample of how often a second `call` can be made, taken for some time."""

    def sample() -> float:
        done = 0
        started = time.perf_counter()
        while (passed := time.perf_counter() - started) < seconds:
            for _ in range(10):
                call()
            done += 10
        return done / passed

    return sample


def seconds_of(call: Callable[[], object]) -> Sample:
    """Return a sample of how long one call takes."""

    def sample() -> float:
        started = time.perf_counter()
        call()
        return time.perf_counter() - started

    return sample
