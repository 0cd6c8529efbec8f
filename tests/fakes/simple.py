"""Small fakes: a clock to turn, ids to count, passwords in plain sight, hints to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from videohub_core.shared.idempotency import KEPT, IdempotencyKey, KeyReused
from videohub_core.shared.ids import JobId
from videohub_core.shared.rate_limit import Rate, TooManyRequests


class FakeClock:
    def __init__(self, now: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def pass_(self, span: timedelta) -> None:
        self._now += span


class FakeIds:
    def __init__(self) -> None:
        self._count = count(1)

    def new(self) -> str:
        return f"fake{next(self._count):012}"

    def secret(self) -> str:
        return f"secret-{next(self._count):036}"


class FakePasswords:
    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash == self.hash(password)


class FakeEmailSyntax:
    def normalise(self, address: str) -> str:
        name, at, host = address.strip().lower().partition("@")
        if not (name and at and "." in host):
            raise ValueError("This is not an e-mail address.")
        return f"{name}@{host}"


class FakePhoneSyntax:
    def normalise(self, number: str) -> str:
        digits = "".join(filter(str.isdigit, number))
        if len(digits) != 11:
            raise ValueError("This is not a phone number.")
        return f"+7{digits[1:]}"


class FakeLimiter:
    """Counts, and forgets nothing."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def hit(self, name: str, rate: Rate) -> None:
        if self.counts[name] >= rate.times:
            raise TooManyRequests(rate.seconds)
        self.counts[name] += 1


class FakeHints:
    def __init__(self) -> None:
        self.hinted: list[JobId] = []
        self.behind = False

    def hints_wait(self) -> bool:
        return self.behind

    def jobs_wait(self, job_ids: Sequence[JobId]) -> None:
        self.hinted += job_ids


class FakeKeptAnswers:
    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._rows: dict[tuple[str, str, str], tuple[str, bytes, datetime]] = {}

    def get(self, key: IdempotencyKey) -> bytes | None:
        found = self._rows.get((key.scope, key.operation, key.key))
        if found is None:
            return None
        if found[0] != key.digest:
            raise KeyReused
        return found[1]

    def keep(self, key: IdempotencyKey, answer: bytes) -> None:
        now = self._clock.now()
        self._rows = {name: row for name, row in self._rows.items() if row[2] > now - KEPT}
        if self.get(key) is None:
            self._rows[key.scope, key.operation, key.key] = (key.digest, answer, now)
