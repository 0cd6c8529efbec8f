"""Secrets that are kept for whoever brings the key to them.

What is sealed can be opened with the hub's secret and the context it was sealed for, and
with nothing less: a copy of the database alone tells nothing. AES-256-GCM (NIST SP
800-38D) under a key of its own for each context. The library is loaded when something is
sealed, which few processes do.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

_NONCE = 12


class Seal:
    """Seals and opens bytes for contexts; a context is a text that not everybody knows."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def close(self, context: str, content: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        sealed: bytes = self._cipher(context).encrypt(nonce, content, None)
        return nonce + sealed

    def open(self, context: str, sealed: bytes) -> bytes | None:
        """Return the content; None if it was sealed for another context or secret."""
        from cryptography.exceptions import InvalidTag

        try:
            content: bytes = self._cipher(context).decrypt(
                sealed[:_NONCE], sealed[_NONCE:], None
            )
        except (InvalidTag, ValueError):
            return None
        return content

    def _cipher(self, context: str) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name = b"seal " + context.encode("utf-8", "surrogatepass")
        return AESGCM(hmac.digest(self._secret, name, hashlib.sha256))
