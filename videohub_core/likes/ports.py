"""What likes need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from videohub_core.shared.ids import UserId, VideoId


class LikeReader(Protocol):
    """Reads likes for showing, outside any transaction."""

    def liked(self, user_id: UserId, video_ids: Sequence[VideoId]) -> frozenset[VideoId]:
        """Return which of these videos the user likes."""
