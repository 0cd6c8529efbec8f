"""Look a comment up."""

from __future__ import annotations

from videohub_core.comments.errors import NoSuchComment
from videohub_core.comments.ports import CommentReader, CommentView
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import CommentId
from videohub_core.videos.policies import may_see
from videohub_core.videos.ports import VideoReader, VideoView


class ReadComment:
    """Return a comment on a video that the actor may see, and the video.

    Raise NoSuchComment: of a video that they may not see, and a missing one, look alike.
    """

    def __init__(self, comments: CommentReader, videos: VideoReader) -> None:
        self._comments = comments
        self._videos = videos

    def __call__(
        self, *, actor: Actor | None, comment_id: CommentId
    ) -> tuple[CommentView, VideoView]:
        comment = self._comments.get(comment_id)
        video = None if comment is None else self._videos.get(comment.video_id)
        if comment is None or video is None or not may_see(actor, video):
            raise NoSuchComment
        return comment, video
