"""Links that people are given, on the hub's public address."""

from __future__ import annotations


def invitation_link(public_url: str, token: str) -> str:
    """Return the page on which whoever is invited registers."""
    return f"{public_url}/register?invitation={token}"
