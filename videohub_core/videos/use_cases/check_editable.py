"""Ask whether a video may be changed, before looking at what the change is."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId
from videohub_core.videos.errors import NotYourVideo
from videohub_core.videos.policies import may_edit, visible_video
from videohub_core.videos.ports import VideoReader, VideoView


class CheckEditable:
    """Return the video, or raise NoSuchVideo or NotYourVideo.

    A stranger is told so before they are told what is wrong with their input.
    """

    def __init__(self, reader: VideoReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, video_id: VideoId) -> VideoView:
        video = visible_video(self._reader, actor, video_id)
        if not may_edit(actor, video):
            raise NotYourVideo
        return video
