"""Waiting for what another thread does."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from typing import TypeVar

from videohub_core.shared.errors import Unavailable

Result = TypeVar("Result")

SECONDS_MOST = 30


def settled(future: Future[Result]) -> Result:
    """Return its result or raise its error; raise Unavailable after `SECONDS_MOST`."""
    try:
        return future.result(SECONDS_MOST)
    except TookTooLong as error:
        future.cancel()
        raise Unavailable from error
