"""Comments: one level of replies, and a tombstone where only these are left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from videohub_core.comments.errors import CommentChanged
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import CommentId, UserId, VideoId
from videohub_core.shared.text import text_error

TEXT_MOST = 10_000

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class CommentText:
    """What somebody says, checked."""

    text: str
    media_time: float | None = None
    """Which second of the video it is about."""

    @classmethod
    def checked(
        cls, *, text: str, media_time: float | None = None, duration: float | None = None
    ) -> CommentText:
        """Return it trimmed, or raise InvalidInput."""
        text = text.strip()
        errors = [
            text_error("/text", text, least=1, most=TEXT_MOST),
            _time_error(media_time, duration),
        ]
        found = [error for error in errors if error is not None]
        if found:
            raise InvalidInput(found)
        return cls(text, media_time)


def _time_error(media_time: float | None, duration: float | None) -> FieldError | None:
    if media_time is None or (media_time >= 0 and (duration is None or media_time <= duration)):
        return None
    return FieldError("/media_time", "out_of_range", "The video has no such second.")


@dataclass(eq=False, kw_only=True)
class Comment(Aggregate):
    """What somebody says about a video, or in reply to such a comment."""

    id: CommentId
    video_id: VideoId
    user_id: UserId | None
    """Empty where only the replies are left."""
    reply_to: CommentId | None = None
    thread: str
    """What it is listed under: the comment that it answers, else the video."""
    text: str
    created: datetime
    edited_at: datetime | None = None
    media_time: float | None = None
    replies: int = 0
    deleted: bool = False

    def edit(self, text: str, now: datetime, seen: str | None = None) -> str | None:
        """Say it otherwise; return the words until then, None if they stay the same.

        With `seen`, raise CommentChanged if these are not the words any more.
        """
        if seen is not None and seen != self.text:
            raise CommentChanged
        if text == self.text:
            return None
        before, self.text = self.text, text
        # Of a clock that goes back, or stands, no two versions get the same time.
        self.edited_at = max(now, (self.edited_at or self.created) + _TICK)
        return before

    def bury(self) -> None:
        """Leave nothing but the place that replies hang on."""
        self.deleted = True
        self.text = ""
        self.user_id = self.edited_at = self.media_time = None
