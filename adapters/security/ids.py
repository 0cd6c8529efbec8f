"""Identifiers from the system's random source."""

from __future__ import annotations

import secrets
import string

_ALPHABET = string.digits + string.ascii_letters


class RandomIds:
    """`Ids` that nobody can guess or count."""

    def new(self) -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(16))

    def secret(self) -> str:
        return secrets.token_urlsafe(32)
