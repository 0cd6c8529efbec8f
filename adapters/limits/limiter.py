"""Counting requests: in memory for one process, in Redis for many."""

from __future__ import annotations

from adapters.limits.memory_limiter import MemoryRateLimiter
from videohub_core.shared.rate_limit import RateLimiter


def open_limiter(redis_url: str | None) -> RateLimiter:
    """Return the limiter that fits what the hub has; drivers are loaded if it has them."""
    if redis_url is None:
        return MemoryRateLimiter()
    from adapters.limits.redis_limiter import RedisRateLimiter

    return RedisRateLimiter(redis_url)
