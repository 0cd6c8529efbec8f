"""What the provider said: asked for by one, kept for a while."""

from __future__ import annotations

import threading

import pytest

from adapters.identity import kept
from adapters.identity.door import NoAnswer, is_allowed
from adapters.identity.kept import Kept, Remembered


class Timer:
    passed = 0.0

    def __call__(self) -> float:
        return self.passed


def test_a_crowd_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    begun, go_on = threading.Event(), threading.Event()

    def fetch() -> str:
        asked.append(1)
        begun.set()
        go_on.wait(10)
        return "it"

    answer = Kept(fetch)
    first = threading.Thread(target=answer.get)
    first.start()
    begun.wait(10)
    monkeypatch.setattr(kept, "_WAIT_SECONDS", 0.05)
    # Who waits does not wait as long as it takes.
    with pytest.raises(NoAnswer):
        answer.get()
    go_on.set()
    first.join(10)
    assert answer.get() == "it"
    assert len(asked) == 1


def test_what_is_remembered_is_for_a_while() -> None:
    timer = Timer()
    remembered: Remembered[str] = Remembered(10, 2, timer)
    remembered.put("a", "A", 3)
    remembered.put("b", "B", 1000)
    assert (remembered.get("a"), remembered.get("b"), remembered.get("c")) == ("A", "B", None)
    timer.passed = 3
    assert (remembered.get("a"), remembered.get("b")) == (None, "B")
    timer.passed = 10
    assert remembered.get("b") is None


def test_the_oldest_make_room() -> None:
    remembered: Remembered[str] = Remembered(10, 2, Timer())
    for name in "abac":
        remembered.put(name, name)
    assert [remembered.get(name) for name in "abc"] == ["a", None, "c"]


@pytest.mark.parametrize(
    ("url", "plain", "allowed"),
    [
        ("https://login.example.test/x?y=1", False, True),
        ("http://localhost:9400/", True, True),
        ("http://127.0.0.1/", True, True),
        ("http://[::1]:1/", True, True),
        ("http://127.0.0.1/", False, False),
        ("http://127.0.0.1.example.test/", True, False),
        ("http://localhost.example.test/", True, False),
        ("http://login.example.test/", True, False),
        ("ftp://localhost/", True, False),
        ("https:///x", False, False),
        ("//login.example.test", False, False),
        ("", False, False),
        (None, False, False),
        (7, False, False),
    ],
)
def test_where_the_hub_may_ask(url: object, plain: bool, allowed: bool) -> None:
    assert is_allowed(url, plain=plain) is allowed
