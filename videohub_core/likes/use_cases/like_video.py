"""Like a video."""

from __future__ import annotations

from videohub_core.accounts.policies import acting_user
from videohub_core.likes.ports import LikesUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import VideoId
from videohub_core.videos.policies import seen_video


class LikeVideo:
    """Like a video; liking twice is liking once."""

    def __init__(self, uow: LikesUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, actor: Actor, video_id: VideoId) -> None:
        """Raise NoSuchVideo for what the actor may not see."""
        with self._uow as uow:
            # Members are locked before videos, as where they leave.
            acting_user(uow.users, actor)
            video = seen_video(uow, actor, video_id)
            now = self._clock.now()
            if uow.likes.add(actor.id, video.id, now):
                video.liked(now)
                uow.commit()
