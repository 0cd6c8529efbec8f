"""What block lists refuse."""

from __future__ import annotations

from videohub_core.shared.errors import Conflict


class TooManyBlocks(Conflict):
    """The member has blocked as many people as one may."""

    code = "too_many_blocks"
    title = "You have blocked as many people as one may. Unblock somebody first."
