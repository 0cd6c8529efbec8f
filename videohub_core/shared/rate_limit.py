"""How often somebody may do something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from videohub_core.shared.errors import DomainError


class TooManyRequests(DomainError):
    """The caller did this too often; `retry_after` says in how many seconds they may again."""

    code = "too_many_requests"
    title = "That was too often. Try again later."

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Try again in {retry_after} s.")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Rate:
    """At most `times` in each `seconds`, whenever these begin (a sliding window)."""

    times: int
    seconds: int


class RateLimiter(Protocol):
    """Counts what is done under a name, in every process of the hub."""

    def hit(self, name: str, rate: Rate) -> None:
        """Count one; raise TooManyRequests if it is one too many.

        Where the counts are kept does not answer, this process counts by itself.
        """
