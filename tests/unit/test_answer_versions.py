"""Since when an address answers what it does."""

from __future__ import annotations

from datetime import timedelta

from adapters.answer_versions import ADDRESSES_MOST, Versions
from tests.factories.entities import NOW


def test_two_versions_of_a_second_are_told_apart() -> None:
    versions = Versions()
    at = NOW.replace(microsecond=0)
    second = int(at.timestamp())

    def seen(digest: str, seconds: float) -> tuple[int, bool]:
        version = versions.seen("/", digest, at + timedelta(seconds=seconds))
        return version.since - second, version.is_alone

    assert seen("a", 0.1) == (0, True)
    assert seen("b", 0.2) == (0, False)
    assert seen("a", 0.3) == (0, False)
    assert seen("a", 5) == seen("a", 9) == (5, True)
    assert seen("b", 9) == (9, True)


def test_not_every_address_is_remembered() -> None:
    versions = Versions()
    for number in range(ADDRESSES_MOST + 1):
        versions.seen(str(number), "a", NOW)
    later = NOW + timedelta(seconds=5)
    assert versions.seen("1", "a", later).since == int(NOW.timestamp())
    assert versions.seen("0", "a", later).since == int(later.timestamp())
