"""The published rule, and the log that gathers what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.viewing.programs import KnownPrograms
from adapters.viewing.view_log import GatheringViewLog
from tests.factories.entities import NOW
from tests.waiting import eventually
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import UserId, VideoId
from videohub_core.views.entities import ONCE_IN, STRANGERS_MOST, Viewing, is_enough, pseudonym

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)


class FakeStore:
    def __init__(self) -> None:
        self.counted: list[Viewing] = []
        self.is_away = False

    def count(self, viewings: Sequence[Viewing]) -> Sequence[Viewing]:
        if self.is_away:
            raise Unavailable
        self.counted += viewings
        return viewings


def viewing(viewer: str = "anna", after: timedelta = timedelta()) -> Viewing:
    return Viewing(VideoId("video"), viewer, NOW + after)


@pytest.mark.parametrize(
    ("seconds", "duration", "enough"),
    [(10, 600, True), (9.9, 600, False), (2, 4, True), (1.9, 4, False), (9.9, None, False)],
)
def test_ten_seconds_or_half_of_a_short_video(
    seconds: float, duration: float | None, enough: bool
) -> None:
    assert is_enough(seconds, duration) is enough


def test_a_pseudonym_tells_nobody_who_it_is() -> None:
    def named(user: str | None, address: str = "192.0.2.1", client: str = CHROME) -> str:
        return pseudonym(b"secret", UserId(user) if user else None, address, client)

    assert len(named("anna")) == 32
    assert named("anna") == named("anna", "192.0.2.2", "other")
    assert len({named("anna"), named("boris"), named(None), named(None, client="x")}) == 4
    assert named(None, "2001:db8::1") == named(None, "2001:db8::2")
    assert named(None, "2001:db8::1") != named(None, "2001:db8:0:1::1")
    assert named("anna") != pseudonym(b"another", UserId("anna"), "", "")


def test_an_address_has_so_many_viewers_whatever_they_call_themselves() -> None:
    names = {pseudonym(b"secret", None, "192.0.2.1", f"Browser/{n}") for n in range(1000)}
    assert len(names) == STRANGERS_MOST
    assert len({pseudonym(b"secret", UserId(f"{n}"), "192.0.2.1", "") for n in range(99)}) == 99


def test_programs_are_known() -> None:
    known = KnownPrograms()
    googlebot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    assert known.is_program(googlebot)
    assert known.is_program("curl/8.5.0")
    assert known.is_program("")
    assert not known.is_program(CHROME)


def test_without_a_start_it_is_counted_at_once_and_remembered() -> None:
    store = FakeStore()
    log = GatheringViewLog(store)
    for after in (timedelta(), timedelta(hours=1), ONCE_IN - timedelta(seconds=1), ONCE_IN):
        log.add(viewing(after=after))
    assert [one.at - NOW for one in store.counted] == [timedelta(), ONCE_IN]


def test_an_outage_keeps_what_waits_and_a_full_log_says_so() -> None:
    store = FakeStore()
    log = GatheringViewLog(store, waiting_most=2)
    store.is_away = True
    log.start()
    try:
        log.add(viewing("anna"))
        log.add(viewing("boris"))
        log.add(viewing("boris", timedelta(seconds=30)))
        with pytest.raises(Unavailable):
            log.add(viewing("carol"))
        store.is_away = False
        eventually(lambda: len(store.counted) == 2)
    finally:
        log.close()
    assert [one.at for one in store.counted] == [NOW, NOW]


def test_what_waits_at_the_end_is_counted() -> None:
    store = FakeStore()
    log = GatheringViewLog(store)
    log.start()
    log.add(viewing())
    log.close()
    assert store.counted == [viewing()]
