"""Keep a video from everybody's eyes."""

from __future__ import annotations

from videohub_core.moderation.policies import visible_for_moderation
from videohub_core.moderation.ports import ModerationUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import VideoId


class HideVideo:
    """Hide a video: its owner and moderators see it, with the reason, and nobody else."""

    def __init__(self, uow: ModerationUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, actor: Actor, video_id: VideoId, reason: str = "") -> None:
        """Raise NotAllowed, NoSuchVideo or InvalidInput."""
        with self._uow as uow:
            video = visible_for_moderation(uow, actor, video_id)
            video.hide(reason, actor.id, self._clock.now())
            uow.commit()
