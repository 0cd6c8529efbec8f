"""Hints by Redis pub/sub, for many processes on many machines."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy.orm import Session

from adapters.bus.listening import LISTEN_SECONDS, Listener, ListeningBus
from adapters.bus.wire import EVERYTHING, encode
from videohub_core.shared.bus import Hint

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 0.5
_HEALTH_SECONDS = 15


class RedisBus(ListeningBus):
    """`Bus` through Redis."""

    troubles = (OSError, RedisError)

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis: Any = Redis.from_url(
            url,
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_ANSWER_SECONDS,
            health_check_interval=_HEALTH_SECONDS,
            decode_responses=True,
            # Once more, for a connection that was lost while it was idle. The library would
            # try for seconds, and whoever commits waits.
            retry=Retry(NoBackoff(), 1),
        )
        # Channels are one server's, whatever the number of the database.
        number = self._redis.connection_pool.connection_kwargs.get("db") or 0
        self._channel = f"videohub-hints-{number}"

    @contextmanager
    def leaving(self, session: Session, hints: Sequence[Hint]) -> Iterator[None]:
        del session
        yield
        self.send(hints)

    def send(self, hints: Sequence[Hint]) -> None:
        try:
            for text in encode(hints):
                self._redis.publish(self._channel, text)
        except self.troubles as error:
            log.warning("hints were not taken: %s", error)

    def hear(self, listener: Listener) -> Iterator[Sequence[str]]:
        with closing(self._redis.pubsub()) as pubsub:
            pubsub.subscribe(self._channel)
            subscribed = False
            while listener.is_wanted:
                message = pubsub.get_message(timeout=LISTEN_SECONDS)
                kind = message["type"] if message else None
                if kind == "subscribe":
                    # The second time, the library has connected again without a word, and
                    # what was said meanwhile is lost.
                    yield [EVERYTHING] if subscribed else []
                    subscribed = True
                elif subscribed:
                    yield [message["data"]] if kind == "message" else []

    def close(self) -> None:
        self._redis.close()
