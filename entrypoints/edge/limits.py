"""Which requests are limited, and under whose name they are counted."""

from __future__ import annotations

from typing import Any

from entrypoints.edge.actor import Caller
from entrypoints.edge.csrf import SAFE_METHODS
from entrypoints.edge.devices import known_device


def limit(container: Any, *, kind: str, caller: Caller, address: str, method: str = "") -> None:
    """Count a request of a kind; raise TooManyRequests.

    Members are counted by account, strangers by address. Kinds are `read`, `write`,
    `comment`, `chat`, `heartbeat`, `sign_in` and `register`; docs/operations.md has the rates.
    """
    rates = container.settings().rate_limits
    if method:
        kind = "read" if method in SAFE_METHODS else "write"
    who = caller.viewer.id if caller.viewer else address
    container.limiter().hit(f"{kind}:{who}", rates[kind])


def limit_sign_in(
    container: Any, *, email: str, address: str, device: str | None = None
) -> None:
    """Count an attempt to sign in; raise TooManyRequests.

    A browser that its cookie (`device`) shows to be known to the account has a bucket of its
    own. Any other is counted for its address, for the account from there, and last for the
    account, whoever tries: what is refused before does not fill the bucket of all.
    """
    rates, hit = container.settings().rate_limits, container.limiter().hit
    account = account_name(container, email)
    known = known_device(container.secret(), device, account)
    if known is not None:
        hit(f"sign_in_known:{known}", rates["sign_in_known"])
        return
    hit(f"sign_in_address:{address}", rates["sign_in_address"])
    hit(f"sign_in:{address}:{account}", rates["sign_in"])
    hit(f"sign_in_account:{account}", rates["sign_in_account"])


def account_name(container: Any, email: str) -> str:
    """Return what attempts on an account are counted under, however it is written."""
    try:
        name: str = container.email_syntax().normalise(email)
    except ValueError:
        return email.strip().lower()[:254]
    return name


def limit_password(container: Any, *, caller: Caller) -> None:
    """Count a password that somebody signed in proves themselves with."""
    rate = container.settings().rate_limits["sign_in"]
    container.limiter().hit(f"password:{caller.viewer.id if caller.viewer else ''}", rate)


def limit_mail(container: Any, *, address: str) -> None:
    """Count a mail that somebody at this address asks for; raise TooManyRequests.

    How many an e-mail gets is counted where they are sent, so that nobody is told.
    """
    rate = container.settings().rate_limits["mail_request"]
    container.limiter().hit(f"mail_request:{address}", rate)
