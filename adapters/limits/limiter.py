"""Counting requests: in memory for one process, in Redis for many."""

from __future__ import annotations

import logging
import math
import time
from typing import Any

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from videohub_core.shared.rate_limit import Rate, TooManyRequests

log = logging.getLogger(__name__)


class MemoryRateLimiter:
    """`RateLimiter` of one process."""

    def __init__(self) -> None:
        self._counts = SlidingWindowCounterRateLimiter(MemoryStorage())

    def hit(self, name: str, rate: Rate) -> None:
        _hit(self._counts, name, rate)


class RedisRateLimiter:
    """`RateLimiter` shared by all processes on one Redis."""

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
        try:
            storage = RedisStorage(url, key_prefix="videohub-limits", **options)
        except ConfigurationError as error:
            raise ValueError(f"Redis cannot be used at this URL: {error}") from error
        self._counts = SlidingWindowCounterRateLimiter(storage)
        self._alone = MemoryRateLimiter()

    def hit(self, name: str, rate: Rate) -> None:
        try:
            _hit(self._counts, name, rate)
        except RedisError as error:
            log.warning("rate limits are counted by this process alone: %s", error)
            self._alone.hit(name, rate)


def open_limiter(redis_url: str | None) -> MemoryRateLimiter | RedisRateLimiter:
    """Return the limiter that fits what the hub has."""
    return RedisRateLimiter(redis_url) if redis_url else MemoryRateLimiter()


def _hit(counts: SlidingWindowCounterRateLimiter, name: str, rate: Rate) -> None:
    item: RateLimitItem = RateLimitItemPerSecond(rate.times, rate.seconds)
    if not counts.hit(item, name):
        reset = counts.get_window_stats(item, name).reset_time
        raise TooManyRequests(max(1, math.ceil(reset - time.time())))
