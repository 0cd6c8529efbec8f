"""Keep a video from everybody's eyes, and let it be seen again."""

from __future__ import annotations

from videohub_core.moderation.policies import check_moderates
from videohub_core.moderation.ports import ModerationUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import Video
from videohub_core.videos.errors import NoSuchVideo
from videohub_core.videos.policies import may_see


class HideVideo:
    """Hide a video: its owner and moderators see it, with the reason, and nobody else."""

    def __init__(self, uow: ModerationUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, actor: Actor, video_id: VideoId, reason: str = "") -> None:
        """Raise NotAllowed, NoSuchVideo or InvalidInput."""
        check_moderates(actor)
        with self._uow as uow:
            video = _seen(uow, actor, video_id)
            video.hide(reason, actor.id, self._clock.now())
            uow.commit()


class UnhideVideo:
    """Let a video be seen again by everybody who may; ending nothing is fine."""

    def __init__(self, uow: ModerationUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, video_id: VideoId) -> None:
        """Raise NotAllowed or NoSuchVideo."""
        check_moderates(actor)
        with self._uow as uow:
            video = _seen(uow, actor, video_id)
            video.unhide(actor.id)
            uow.commit()


def _seen(uow: ModerationUnitOfWork, actor: Actor, video_id: VideoId) -> Video:
    video = uow.videos.get(video_id)
    if video is None or not may_see(actor, video):
        raise NoSuchVideo
    return video
