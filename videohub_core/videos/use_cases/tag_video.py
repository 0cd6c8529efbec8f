"""Keep a video's tags where lists look for them."""

from __future__ import annotations

from videohub_core.videos.events import VideoEdited, VideoPublished
from videohub_core.videos.ports import VideosUnitOfWork


class TagVideo:
    """Reaction to `VideoPublished` and `VideoEdited`: the tags change with the video."""

    def __call__(self, uow: VideosUnitOfWork, event: VideoEdited | VideoPublished) -> None:
        video = uow.videos.get(event.video_id)
        if video is not None:
            uow.videos.tag(video)
