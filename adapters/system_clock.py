"""The machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """`Clock` of the machine the hub runs on."""

    def now(self) -> datetime:
        return datetime.now(UTC)
