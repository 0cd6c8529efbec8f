"""Doing once what is asked twice: the key a client sends with what it creates.

The record is written in the transaction that creates, so there is no moment at which one
is there without the other (draft-ietf-httpapi-idempotency-key-header). The answer is kept
before it is sent: whoever got one gets the same again, and whoever did not, since the hub
was killed in between, gets the first one from what was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from videohub_core.shared.errors import DomainError

KEY_MOST = 255
KEPT = timedelta(days=1)


class KeyReused(DomainError):
    """The key was sent before, with something else."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key was sent before with another request."


@dataclass(frozen=True)
class IdempotencyKey:
    """A key as a client sent it: whose, for which operation, with what (a keyed digest)."""

    scope: str
    operation: str
    key: str
    digest: str


@dataclass(frozen=True)
class Created:
    """What an operation made; `replayed` says that an earlier request made it."""

    id: str
    replayed: bool = False


class IdempotencyRepository(Protocol):
    """The keys inside one transaction."""

    def done(self, key: IdempotencyKey) -> str | None:
        """Return the id that an earlier request with the key made; raise KeyReused."""

    def remember(self, key: IdempotencyKey, made: str, now: datetime) -> None:
        """Store what the key made, and forget keys that are older than `KEPT`."""


class KeptAnswers(Protocol):
    """Answers to requests with a key, for as long as the key is remembered."""

    def get(self, key: IdempotencyKey) -> bytes | None:
        """Return the answer that was kept under the key; raise KeyReused."""

    def keep(self, key: IdempotencyKey, answer: bytes) -> None:
        """Store the answer, unless the key has one; raise KeyReused.

        An answer may carry a credential: what is stored is readable with the key alone.
        """
