"""Which requests are limited, and under whose name they are counted."""

from __future__ import annotations

from typing import Any

from entrypoints.edge.actor import Caller
from entrypoints.edge.csrf import SAFE_METHODS


def limit(container: Any, *, kind: str, caller: Caller, address: str, method: str = "") -> None:
    """Count a request of a kind; raise TooManyRequests.

    Members are counted by account, strangers by address. Kinds are `read`, `write`,
    `sign_in` and `register`; docs/operations.md has the rates.
    """
    rates = container.settings().rate_limits
    if method:
        kind = "read" if method in SAFE_METHODS else "write"
    who = caller.viewer.id if caller.viewer else address
    container.limiter().hit(f"{kind}:{who}", rates[kind])


def limit_sign_in(container: Any, *, email: str, address: str) -> None:
    """Count an attempt to sign in, by the address it comes from and for the account."""
    rates = container.settings().rate_limits
    container.limiter().hit(
        f"sign_in:{address}:{email.strip().lower()[:254]}", rates["sign_in"]
    )
