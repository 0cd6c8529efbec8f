"""What a rate limiter promises, in memory and on a real Redis."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.limits.limiter import MemoryRateLimiter, RedisRateLimiter, open_limiter
from tests.redis_server import RedisServer, running_redis
from videohub_core.shared.rate_limit import Rate, RateLimiter, TooManyRequests

FEW = Rate(3, 60)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    # A socket's path has to be short.
    with tempfile.TemporaryDirectory() as folder, running_redis(Path(folder)) as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
def limiter(request: pytest.FixtureRequest, server: RedisServer) -> RateLimiter:
    return open_limiter(server.url if request.param == "redis" else None)


def hit(limiter: RateLimiter, name: str, times: int, rate: Rate = FEW) -> None:
    for _ in range(times):
        limiter.hit(name, rate)


def test_one_too_many_is_refused_with_a_time_to_come_back(
    limiter: RateLimiter, request: pytest.FixtureRequest
) -> None:
    name = request.node.name
    hit(limiter, name, 3)
    with pytest.raises(TooManyRequests) as caught:
        hit(limiter, name, 1)
    assert 1 <= caught.value.retry_after <= 60


def test_names_and_rates_are_counted_apart(
    limiter: RateLimiter, request: pytest.FixtureRequest
) -> None:
    name = request.node.name
    hit(limiter, name, 3)
    hit(limiter, f"{name}-another", 3)
    hit(limiter, name, 1, Rate(100, 60))


def test_any_text_is_a_name(limiter: RateLimiter) -> None:
    for name in ("ключ", "a b\n", "x" * 1000, "*"):
        hit(limiter, name, 1)


def test_redis_counts_for_all_processes(server: RedisServer) -> None:
    hit(RedisRateLimiter(server.url), "shared", 3)
    with pytest.raises(TooManyRequests):
        hit(RedisRateLimiter(server.url), "shared", 1)


def test_without_redis_each_process_counts_by_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limiter = RedisRateLimiter(f"unix://{tmp_path}/nothing.sock")
    hit(limiter, "alone", 3)
    with pytest.raises(TooManyRequests):
        hit(limiter, "alone", 1)
    assert "this process alone" in caplog.text


def test_memory_counts_for_itself() -> None:
    hit(MemoryRateLimiter(), "own", 3)
    hit(MemoryRateLimiter(), "own", 3)
