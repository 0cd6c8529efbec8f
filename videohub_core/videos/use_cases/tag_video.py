"""Keep a video's tags where lists look for them."""

from __future__ import annotations

from videohub_core.videos.events import VideoEvent
from videohub_core.videos.ports import VideosUnitOfWork


class TagVideo:
    """Reaction to whatever changes who finds a video, or by which tags."""

    def __call__(self, uow: VideosUnitOfWork, event: VideoEvent) -> None:
        video = uow.videos.get(event.video_id)
        if video is not None:
            uow.videos.tag(video)
