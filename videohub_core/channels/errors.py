"""What channels refuse."""

from __future__ import annotations

from videohub_core.shared.errors import NotFound


class NoSuchChannel(NotFound):
    """There is no channel with this id."""

    code = "no_such_channel"
    title = "There is no such channel."
