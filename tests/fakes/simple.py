"""Small fakes: a clock to turn, ids to count, passwords in plain sight, hints to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from videohub_core.shared.ids import JobId


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


class FakeHints:
    def __init__(self) -> None:
        self.hinted: list[JobId] = []
        self.behind = False

    def hints_wait(self) -> bool:
        return self.behind

    def jobs_wait(self, job_ids: Sequence[JobId]) -> None:
        self.hinted += job_ids
