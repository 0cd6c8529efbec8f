"""Secrets that are kept for whoever brings the key to them.

What is sealed can be opened with the hub's secret and the context it was sealed for, and
with nothing less: a copy of the database alone tells nothing. AES-256-GCM (NIST SP
800-38D) under a key of its own for each context.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class Seal:
    """Seals and opens bytes for contexts; a context is a text that not everybody knows."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def close(self, context: str, content: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher(context).encrypt(nonce, content, None)

    def open(self, context: str, sealed: bytes) -> bytes | None:
        """Return the content; None if it was sealed for another context or secret."""
        try:
            return self._cipher(context).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError):
            return None

    def _cipher(self, context: str) -> AESGCM:
        name = b"seal " + context.encode("utf-8", "surrogatepass")
        return AESGCM(hmac.digest(self._secret, name, hashlib.sha256))
