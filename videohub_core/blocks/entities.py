"""A block list."""

from __future__ import annotations

BLOCKED_MOST = 1_000
"""How many people a member may have blocked."""
