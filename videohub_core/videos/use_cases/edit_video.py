"""Change what the owner wrote about a video."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import VideoDetails
from videohub_core.videos.policies import check_seen, editable_video
from videohub_core.videos.ports import VideosUnitOfWork


class EditVideo:
    """Replace the details that are given and leave the others as they are."""

    def __init__(self, uow: VideosUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(
        self,
        *,
        actor: Actor,
        video_id: VideoId,
        title: str | None = None,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        visibility: str | None = None,
        comments_allowed: bool | None = None,
        seen: VideoDetails | None = None,
    ) -> None:
        """Raise NoSuchVideo, NotYourVideo or InvalidInput.

        With `seen`, raise VideoChanged if the details are not those any more.
        """
        with self._uow as uow:
            video = editable_video(uow, actor, video_id)
            check_seen(video, seen)
            video.edit(
                VideoDetails.checked(
                    title=video.title if title is None else title,
                    description=video.description if description is None else description,
                    tags=video.tags if tags is None else tags,
                    visibility=video.visibility.value if visibility is None else visibility,
                    comments_allowed=video.comments_allowed
                    if comments_allowed is None
                    else comments_allowed,
                ),
                self._clock.now(),
            )
            uow.commit()
