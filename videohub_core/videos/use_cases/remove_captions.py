"""Take a video's captions in a language away."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import PreconditionFailed
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import NoSuchCaptions
from videohub_core.videos.policies import editable_video
from videohub_core.videos.ports import LanguageTags, VideosUnitOfWork


class RemoveCaptions:
    """Remove captions; their file follows by a job stored with this."""

    def __init__(self, uow: VideosUnitOfWork, languages: LanguageTags) -> None:
        self._uow = uow
        self._languages = languages

    def __call__(
        self,
        *,
        actor: Actor,
        video_id: VideoId,
        language: str,
        seen: MediaKey | None = None,
    ) -> None:
        """Raise NoSuchVideo, NotYourVideo or NoSuchCaptions.

        With `seen`, PreconditionFailed if another file is in the place of this one.
        """
        with self._uow as uow:
            video = editable_video(uow, actor, video_id)
            try:
                tag = self._languages.normalise(language)
            except ValueError:
                raise NoSuchCaptions from None
            found = video.captions_in(tag)
            if found is not None and seen is not None and found.file != seen:
                raise PreconditionFailed
            video.remove_captions(tag)
            uow.commit()
