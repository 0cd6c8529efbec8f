"""What every bus does alike: one thread hears hints and tells the subscribers of a process."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from adapters.bus.wire import EVERYTHING, decode
from videohub_core.shared.bus import Hint, Subscription

log = logging.getLogger(__name__)

LISTEN_SECONDS = 0.2
"""How long a thread may listen before it looks whether it is still wanted."""

_PAUSE_LEAST = 0.1
_PAUSE_MOST = 5.0


class ListeningBus(ABC):
    """`Bus`, and what units of work need of one."""

    troubles: tuple[type[Exception], ...] = (OSError,)
    """What is raised where the bus does not answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: list[_Subscriber] = []
        self._listener: Listener | None = None

    @abstractmethod
    def leaving(self, session: Session, hints: Sequence[Hint]) -> AbstractContextManager[None]:
        """Let the hints of a transaction leave when it is committed in this context.

        Never raises for a bus that does not answer.
        """

    @abstractmethod
    def send(self, hints: Sequence[Hint]) -> None:
        """Tell of what no transaction is about; never raises where the bus does not answer."""

    @abstractmethod
    def hear(self, listener: Listener) -> Iterator[Sequence[str]]:
        """Yield what is heard, often, from when nothing is missed; raise `troubles`.

        Begins with nothing, goes on until the listener is to stop, and closes what it opened.
        """

    @abstractmethod
    def close(self) -> None:
        """Close what publishing opened; subscriptions are closed by whoever has them."""

    def subscribe(
        self, hinted: Callable[[Hint], None], refill: Callable[[], None]
    ) -> Subscription:
        subscriber = _Subscriber(self, hinted, refill)
        with self._lock:
            self._subscribers.append(subscriber)
            if self._listener is None:
                self._listener = Listener(self)
                self._listener.start()
        return subscriber

    def unsubscribe(self, subscriber: _Subscriber) -> None:
        listener = None
        with self._lock:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)
            if not self._subscribers:
                listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()

    def wake(self) -> None:
        """Let the thread look at once, where it looks from time to time."""
        listener = self._listener
        if listener is not None:
            listener.woken.set()

    def tell(self, texts: Sequence[str]) -> None:
        subscribers = self._present()
        hints = [hint for hint in map(decode, texts) if hint is not None]
        if EVERYTHING in texts:
            self.miss()
        for subscriber in subscribers:
            subscriber.tell(hints)

    def miss(self) -> None:
        """Have everybody refill as soon as there is something to be heard."""
        for subscriber in self._present():
            subscriber.is_behind = True

    def _present(self) -> list[_Subscriber]:
        with self._lock:
            return list(self._subscribers)


class _Subscriber:
    """Somebody who is told, by the bus's thread."""

    def __init__(
        self,
        bus: ListeningBus,
        hinted: Callable[[Hint], None],
        refill: Callable[[], None],
    ) -> None:
        self._bus = bus
        self._hinted = hinted
        self._refill = refill
        self.is_behind = True

    def close(self) -> None:
        self._bus.unsubscribe(self)

    def tell(self, hints: Sequence[Hint]) -> None:
        if self.is_behind:
            self.is_behind = False
            _call(self._refill)
        for hint in hints:
            _call(self._hinted, hint)


def _call(subscriber: Callable[..., None], *hints: Hint) -> None:
    try:
        subscriber(*hints)
    except Exception:
        log.exception("a subscriber of the bus failed")


class Listener:
    """The thread that hears."""

    def __init__(self, bus: ListeningBus) -> None:
        self._bus = bus
        self._stop = threading.Event()
        self.woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bus", daemon=True)

    @property
    def is_wanted(self) -> bool:
        return not self._stop.is_set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self.woken.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        pause = _PAUSE_LEAST
        while self.is_wanted:
            try:
                for texts in self._bus.hear(self):
                    pause = _PAUSE_LEAST
                    self._bus.tell(texts)
            except self._bus.troubles as error:
                log.warning("hints are not heard: %s", str(error).partition("\n")[0])
                self._bus.miss()
            except Exception:
                log.exception("hints are not heard")
                self._bus.miss()
            self._stop.wait(pause)
            pause = min(2 * pause, _PAUSE_MOST)
