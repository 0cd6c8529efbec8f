"""What an e-mail address is, as a port."""

from __future__ import annotations

from typing import Protocol


class EmailSyntax(Protocol):
    """Knows what an e-mail address is (RFC 5321, RFC 6531)."""

    def normalise(self, address: str) -> str:
        """Return the address lowercased and in one form; raise ValueError if it is none."""
