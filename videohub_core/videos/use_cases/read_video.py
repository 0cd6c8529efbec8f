"""Look a video up."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId
from videohub_core.videos.policies import visible_video
from videohub_core.videos.ports import VideoReader, VideoView


class ReadVideo:
    """Return a video the actor may see, or raise NoSuchVideo."""

    def __init__(self, reader: VideoReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor | None, video_id: VideoId) -> VideoView:
        return visible_video(self._reader, actor, video_id)
