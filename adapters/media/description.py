"""What the sandbox and its child call the properties of a playable file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Described:
    """Seconds, and pixels as they are shown, of a file that the hub made."""

    duration: float
    width: int
    height: int
    upright: bool
    """Whether pictures are stored as they are shown: not turned, with square pixels."""
    has_sound: bool
