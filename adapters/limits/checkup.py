"""Whether the Redis that the hub was given answers; for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

_ANSWER_SECONDS = 2.0


@dataclass(frozen=True)
class RedisCheck:
    """A Redis by its address without a password; `problem` says why it is of no use."""

    url: str
    version: str = ""
    problem: str | None = None


def check_redis(url: str | None) -> RedisCheck | None:
    """Return None if the hub has none, as most."""
    if url is None:
        return None
    parts = urlsplit(url)
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    try:
        client = Redis.from_url(
            url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
        )
        with client:
            found = client.info("server")
    except (RedisError, OSError, ValueError) as error:
        said = str(error)
        return RedisCheck(shown, problem=said.replace(parts.password or "\0", "***"))
    return RedisCheck(shown, version=str(found["redis_version"]))
