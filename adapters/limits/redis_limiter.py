"""Counting requests in Redis, by the library limits, for many processes together."""

from __future__ import annotations

import logging
import math
import time
from typing import Any

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.errors import ConfigurationError
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from adapters.limits.memory_limiter import MemoryRateLimiter
from videohub_core.shared.rate_limit import Rate, TooManyRequests

log = logging.getLogger(__name__)


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
            self._hit(name, rate)
        except RedisError as error:
            log.warning("rate limits are counted by this process alone: %s", error)
            self._alone.hit(name, rate)

    def _hit(self, name: str, rate: Rate) -> None:
        item: RateLimitItem = RateLimitItemPerSecond(rate.times, rate.seconds)
        if not self._counts.hit(item, name):
            reset = self._counts.get_window_stats(item, name).reset_time
            raise TooManyRequests(max(1, math.ceil(reset - time.time())))
