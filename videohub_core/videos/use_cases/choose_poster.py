"""Choose what a video shows before it is played."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import (
    FieldError,
    InvalidInput,
    NotAllowed,
    NotFound,
    Unavailable,
)
from videohub_core.shared.ids import Ids, VideoId
from videohub_core.videos.entities import MediaKey, Video, key_of_chosen_poster
from videohub_core.videos.errors import NotPlayableYet
from videohub_core.videos.policies import editable_video
from videohub_core.videos.ports import MediaStore, PosterMaker, VideosUnitOfWork


class ChoosePoster:
    """Make a poster of a frame or of a picture; processing leaves it alone from then on.

    The file is durable before the row that names it; the one it replaces follows by a job.
    """

    def __init__(
        self, uow: VideosUnitOfWork, maker: PosterMaker, media: MediaStore, ids: Ids
    ) -> None:
        self._uow = uow
        self._maker = maker
        self._media = media
        self._ids = ids

    def at(self, *, actor: Actor, video_id: VideoId, seconds: float) -> None:
        """Take the frame that is shown then.

        Raise NoSuchVideo, NotYourVideo, NotPlayableYet or InvalidInput.
        """
        video = self._editable(actor, video_id)
        files = _playable(video, seconds)
        self._choose(actor, video_id, self._maker.of_frame(files, seconds))

    def picture(self, *, actor: Actor, video_id: VideoId, data: bytes) -> None:
        """Take a picture; raise NoSuchVideo, NotYourVideo or PictureRefused."""
        self._editable(actor, video_id)
        self._choose(actor, video_id, self._maker.of_picture(data))

    def _editable(self, actor: Actor, video_id: VideoId) -> Video:
        with self._uow as uow:
            return editable_video(uow, actor, video_id)

    def _choose(
        self, actor: Actor, video_id: VideoId, making: AbstractContextManager[Path]
    ) -> None:
        key = key_of_chosen_poster(video_id, self._ids.new())
        with making as made:
            self._media.keep(made, key)
        try:
            with self._uow as uow:
                editable_video(uow, actor, video_id).choose_poster(key)
                uow.commit()
        except (NotFound, NotAllowed):
            # Whether it is stored, nobody knows when a commit breaks: then it has to stay.
            with suppress(Unavailable):
                self._media.remove(key)
            raise


def _playable(video: Video, seconds: float) -> Sequence[MediaKey]:
    """Return the files that show the video, the best first."""
    if video.video_file is None or video.duration is None:
        raise NotPlayableYet
    if not 0 <= seconds < video.duration:
        raise InvalidInput(
            [FieldError("/at", "out_of_range", "This is not a time within the video.")]
        )
    pictures = [one for one in video.renditions if one.height]
    pictures.sort(key=lambda one: one.height, reverse=True)
    return [video.video_file, *(one.file for one in pictures)]
