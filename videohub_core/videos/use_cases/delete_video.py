"""Delete a video."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import VideoDetails
from videohub_core.videos.policies import check_seen, editable_video
from videohub_core.videos.ports import VideosUnitOfWork


class DeleteVideo:
    """Delete the video; its files follow by a job stored with the deletion."""

    def __init__(self, uow: VideosUnitOfWork) -> None:
        self._uow = uow

    def __call__(
        self, *, actor: Actor, video_id: VideoId, seen: VideoDetails | None = None
    ) -> None:
        """Raise NoSuchVideo or NotYourVideo; with `seen`, VideoChanged as for an edit."""
        with self._uow as uow:
            video = editable_video(uow, actor, video_id)
            check_seen(video, seen)
            video.deleted()
            uow.videos.remove(video)
            uow.commit()
