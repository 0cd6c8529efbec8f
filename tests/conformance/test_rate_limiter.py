"""What a rate limiter promises, in memory and on a real Redis."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.limits.limiter import open_limiter
from adapters.limits.memory_limiter import MemoryRateLimiter
from adapters.limits.redis_limiter import RedisRateLimiter
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


class Hand:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_memory_lets_as_many_through_again_as_fade() -> None:
    clock = Hand()
    limiter = MemoryRateLimiter(clock)
    clock.now = 60_000.0
    hit(limiter, "own", 3)
    with pytest.raises(TooManyRequests):
        hit(limiter, "own", 1)
    # Of three in the window before, two weigh half a minute later: there is room for one.
    clock.now = 60_080.0
    hit(limiter, "own", 1)
    with pytest.raises(TooManyRequests) as caught:
        hit(limiter, "own", 1)
    clock.now += caught.value.retry_after
    hit(limiter, "own", 1)
    clock.now += 180
    hit(limiter, "own", 3)


def test_memory_lets_the_rate_through_in_the_long_run() -> None:
    clock = Hand()
    limiter = MemoryRateLimiter(clock)
    passed: list[float] = []
    for _ in range(2000):
        clock.now += 1.7
        try:
            limiter.hit("own", Rate(7, 60))
            passed.append(clock.now)
        except TooManyRequests:
            continue
    allowed = 7 * 2000 * 1.7 / 60
    assert 0.8 * allowed < len(passed) <= allowed
    # The window before is taken for evenly filled, so a burst at its end may pass twice.
    assert all(len([t for t in passed if at <= t < at + 60]) < 2 * 7 for at in passed)


def test_memory_forgets_whom_nobody_heard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.limits.memory_limiter._TIDY_LEAST", 100)
    clock = Hand()
    limiter = MemoryRateLimiter(clock)
    for number in range(10_000):
        clock.now += 1
        limiter.hit(f"address-{number}", FEW)
    assert len(limiter._counts) < 1000
