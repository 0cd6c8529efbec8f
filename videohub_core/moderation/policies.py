"""Who keeps order."""

from __future__ import annotations

from videohub_core.moderation.ports import ModerationUnitOfWork
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import Video
from videohub_core.videos.errors import NoSuchVideo
from videohub_core.videos.policies import may_see


def check_moderates(actor: Actor) -> None:
    """Raise NotAllowed unless the actor is a moderator or an admin."""
    if not actor.role.includes(Role.MODERATOR):
        raise NotAllowed


def visible_for_moderation(uow: ModerationUnitOfWork, actor: Actor, video_id: VideoId) -> Video:
    """Return the video, locked; raise NotAllowed, or NoSuchVideo for what they may not see."""
    check_moderates(actor)
    video = uow.videos.get(video_id)
    if video is None or not may_see(actor, video):
        raise NoSuchVideo
    return video
