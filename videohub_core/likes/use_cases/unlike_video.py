"""Take a like back."""

from __future__ import annotations

from videohub_core.accounts.policies import acting_user
from videohub_core.likes.ports import LikesUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId
from videohub_core.videos.policies import seen_video


class UnlikeVideo:
    """Like a video no more; where there is no like, nothing happens."""

    def __init__(self, uow: LikesUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, video_id: VideoId) -> None:
        """Raise NoSuchVideo for what the actor may not see."""
        with self._uow as uow:
            acting_user(uow.users, actor)
            video = seen_video(uow, actor, video_id)
            given = uow.likes.remove(actor.id, video.id)
            if given is not None:
                video.unliked(given)
                uow.commit()
