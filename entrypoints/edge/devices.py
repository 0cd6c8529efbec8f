"""Browsers that have signed in before (OWASP, "Slow down online guessing with device cookies").

A cookie names accounts that were signed in to from this browser, each signed and each
readable by nobody but the hub. Whoever guesses passwords from elsewhere fills the account's
bucket for unknown browsers; a browser that is known has one of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

SECONDS = 365 * 24 * 3600
ACCOUNTS_MOST = 4
"""So many people of one household, and no more in every request's headers."""

_ENTRY = re.compile(r"[0-9A-Za-z_-]{16}[0-9A-Za-z_-]{22}")
_NONCE = 16
_NONCE_BYTES = 12
_SIGNATURE_BYTES = 16


def device_cookie(*, behind_tls: bool) -> str:
    """Return the name of the cookie."""
    return "__Host-hub_device" if behind_tls else "hub_device"


def known_device(secret: bytes, cookie: str | None, account: str) -> str | None:
    """Return what this browser is called at this account, None if it is not known there."""
    for entry in _entries(cookie):
        nonce = entry[:_NONCE]
        if hmac.compare_digest(_entry(secret, nonce, account).encode(), entry.encode()):
            return nonce
    return None


def with_account(secret: bytes, cookie: str | None, account: str) -> str:
    """Return the cookie of a browser that has just signed in to this account."""
    known = known_device(secret, cookie, account)
    others = [entry for entry in _entries(cookie) if entry[:_NONCE] != known]
    made = _entry(secret, known or secrets.token_urlsafe(_NONCE_BYTES), account)
    return ".".join([made, *others][:ACCOUNTS_MOST])


def _entries(cookie: str | None) -> list[str]:
    found = (cookie or "").split(".")[:ACCOUNTS_MOST]
    return [entry for entry in found if _ENTRY.fullmatch(entry)]


def _entry(secret: bytes, nonce: str, account: str) -> str:
    text = f"device {nonce} {account}".encode("utf-8", "surrogatepass")
    signature = hmac.digest(secret, text, hashlib.sha256)[:_SIGNATURE_BYTES]
    return nonce + base64.urlsafe_b64encode(signature).decode().rstrip("=")
