"""What happens to comments."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.events import Event
from videohub_core.shared.ids import CommentId, UserId, VideoId


@dataclass(frozen=True)
class CommentEvent(Event):
    """Something happened to a comment on a video of this owner."""

    comment_id: CommentId
    video_id: VideoId
    owner_id: UserId

    @property
    def hint(self) -> Hint:
        return Hint(Topic.COUNTERS, self.video_id, self.owner_id)


@dataclass(frozen=True)
class CommentAdded(CommentEvent):
    """Somebody said something about a video, or replied to somebody."""


@dataclass(frozen=True)
class CommentEdited(CommentEvent):
    """A comment has other words."""


@dataclass(frozen=True)
class CommentDeleted(CommentEvent):
    """A comment's words are gone."""

    author_id: UserId
    by: UserId

    @property
    def is_moderation(self) -> bool:
        """Tell whether it was deleted by nobody whom it concerns."""
        return self.by not in (self.author_id, self.owner_id)
