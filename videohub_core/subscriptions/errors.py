"""What subscriptions refuse."""

from __future__ import annotations

from videohub_core.shared.errors import NotAllowed


class OwnChannel(NotAllowed):
    """Nobody follows their own channel."""

    code = "own_channel"
    title = "You cannot follow your own channel."
