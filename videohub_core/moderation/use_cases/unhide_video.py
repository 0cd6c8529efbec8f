"""Let a video be seen again."""

from __future__ import annotations

from videohub_core.moderation.policies import visible_for_moderation
from videohub_core.moderation.ports import ModerationUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId


class UnhideVideo:
    """Let a video be seen again by everybody who may; ending nothing is fine."""

    def __init__(self, uow: ModerationUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, video_id: VideoId) -> None:
        """Raise NotAllowed or NoSuchVideo."""
        with self._uow as uow:
            video = visible_for_moderation(uow, actor, video_id)
            video.unhide(actor.id)
            uow.commit()
