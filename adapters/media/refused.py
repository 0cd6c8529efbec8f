"""How the sandbox's child says no."""

from __future__ import annotations


class Refused(Exception):
    """The hub cannot play this file, or show it: `reason` is a code of the core's
    `REFUSALS` or `PICTURE_REFUSALS`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
