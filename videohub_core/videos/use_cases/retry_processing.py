"""Try again what processing did not manage."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import ProcessingState
from videohub_core.videos.errors import NothingToRetry
from videohub_core.videos.policies import editable_video
from videohub_core.videos.ports import VideosUnitOfWork
from videohub_core.videos.use_cases.ladder import ladder_of


class RetryProcessing:
    """Start processing a failed video anew, or make the renditions that one lacks.

    While a video is processed there is nothing to start: asking twice is asking once.
    """

    def __init__(self, uow: VideosUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, video_id: VideoId) -> None:
        """Raise NoSuchVideo, NotYourVideo or NothingToRetry."""
        with self._uow as uow:
            video = editable_video(uow, actor, video_id)
            if video.state is ProcessingState.FAILED:
                if video.original is None:
                    raise NothingToRetry("The file itself is the reason. Upload another one.")
                video.start_over()
            elif video.state is ProcessingState.READY:
                if video.failure is None and (video.renditions or not ladder_of(video)):
                    raise NothingToRetry
                video.start_rendering()
                video.want_renditions()
            uow.commit()
