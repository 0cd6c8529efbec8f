"""Who may see and change videos: the one place that decides it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.ids import UploadId, UserId, VideoId
from videohub_core.videos.entities import (
    ProcessingState,
    Upload,
    Video,
    VideoDetails,
    Visibility,
)
from videohub_core.videos.errors import NoSuchUpload, NoSuchVideo, NotYourVideo, VideoChanged
from videohub_core.videos.ports import UploadView, VideoReader, VideosUnitOfWork, VideoView


class Guarded(Protocol):
    """What the decision needs to know of a video, entity or view."""

    @property
    def owner_id(self) -> UserId: ...
    @property
    def visibility(self) -> Visibility: ...
    @property
    def state(self) -> ProcessingState: ...
    @property
    def is_hidden(self) -> bool: ...
    @property
    def is_reported(self) -> bool: ...


def may_edit(actor: Actor | None, video: Guarded) -> bool:
    """Tell whether the actor may change or delete the video."""
    return actor is not None and (actor.id == video.owner_id or actor.role.includes(Role.ADMIN))


def may_see(actor: Actor | None, video: Guarded) -> bool:
    """Tell whether the actor may know of the video and every byte of it."""
    if may_edit(actor, video):
        return True
    moderates = actor is not None and actor.role.includes(Role.MODERATOR)
    # Whatever its owner makes of it until they decide.
    if video.is_hidden or (moderates and video.is_reported):
        return moderates
    return video.visibility is not Visibility.PRIVATE and video.state.can_be_watched


def visible_video(reader: VideoReader, actor: Actor | None, video_id: VideoId) -> VideoView:
    """Return the video as shown, or raise NoSuchVideo: hidden and missing look alike."""
    video = reader.get(video_id)
    if video is None or not may_see(actor, video):
        raise NoSuchVideo
    return video


def seen_video(uow: VideosUnitOfWork, actor: Actor, video_id: VideoId) -> Video:
    """Return the video, locked, if the actor may know of it; raise NoSuchVideo."""
    video = uow.videos.get(video_id)
    if video is None or not may_see(actor, video):
        raise NoSuchVideo
    return video


def editable_video(uow: VideosUnitOfWork, actor: Actor, video_id: VideoId) -> Video:
    """Return the video for a change; raise NoSuchVideo or NotYourVideo."""
    video = seen_video(uow, actor, video_id)
    if not may_edit(actor, video):
        raise NotYourVideo
    return video


def check_seen(video: Video, seen: VideoDetails | None) -> None:
    """Raise VideoChanged if the actor has seen other details than there are."""
    if seen is not None and video.details != seen:
        raise VideoChanged


def resumable_upload(
    uow: VideosUnitOfWork, actor: Actor, upload_id: UploadId, now: datetime
) -> Upload:
    """Return the actor's upload if it can be gone on with; else it looks like a missing one."""
    upload = own_upload(uow, actor, upload_id)
    if not upload.resumable or upload.is_over(now):
        raise NoSuchUpload
    return upload


def upload_view(upload: Upload, offset: int) -> UploadView:
    """Return an upload of which so many bytes have arrived."""
    return UploadView(
        upload.id,
        upload.length,
        offset,
        upload.metadata,
        upload.created,
        upload.expires_at,
        upload.size is not None,
    )


def own_upload(uow: VideosUnitOfWork, actor: Actor, upload_id: UploadId) -> Upload:
    """Return the actor's upload; somebody else's looks like a missing one."""
    upload = uow.uploads.get(upload_id)
    if upload is None or upload.user_id != actor.id:
        raise NoSuchUpload
    return upload
