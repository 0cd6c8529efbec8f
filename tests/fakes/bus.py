"""A bus for one process, which brings hints at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from videohub_core.shared.bus import Hint


class FakeBus:
    def __init__(self) -> None:
        self.subscribers: list[FakeSubscription] = []

    @contextmanager
    def leaving(self, session: Any, hints: Sequence[Hint]) -> Iterator[None]:
        del session
        yield
        self.send(hints)

    def send(self, hints: Sequence[Hint]) -> None:
        for subscriber in list(self.subscribers):
            for hint in hints:
                subscriber.hinted(hint)

    def subscribe(
        self, hinted: Callable[[Hint], None], refill: Callable[[], None]
    ) -> FakeSubscription:
        refill()
        return FakeSubscription(self, hinted)


class FakeSubscription:
    def __init__(self, bus: FakeBus, hinted: Callable[[Hint], None]) -> None:
        self._bus = bus
        self.hinted = hinted
        bus.subscribers.append(self)

    def close(self) -> None:
        if self in self._bus.subscribers:
            self._bus.subscribers.remove(self)
