"""Give a video captions in a language."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import (
    Conflict,
    FieldError,
    InvalidInput,
    NotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
)
from videohub_core.shared.ids import Ids, UserId, VideoId
from videohub_core.videos.entities import Captions, key_of_captions
from videohub_core.videos.errors import QuotaExceeded
from videohub_core.videos.policies import editable_video
from videohub_core.videos.ports import (
    CaptionReader,
    LanguageTags,
    MediaStore,
    VideosUnitOfWork,
)

REFUSED = (NotFound, NotAllowed, Conflict, TooLarge)
"""With these nothing was stored. Whether it was, nobody knows when a commit breaks: a file
that no row names is found by and by, one that a row names must stay."""


class PutResult(NamedTuple):
    """What became of captions that were put."""

    language: str
    is_new: bool


class PutCaptions:
    """Keep captions, in the place of those that the video has in the language.

    The file is durable before the row that names it; the one it replaces follows by a job.
    """

    def __init__(
        self,
        uow: VideosUnitOfWork,
        reader: CaptionReader,
        languages: LanguageTags,
        media: MediaStore,
        ids: Ids,
        quota: int,
    ) -> None:
        self._uow = uow
        self._reader = reader
        self._languages = languages
        self._media = media
        self._ids = ids
        self._quota = quota

    def __call__(
        self,
        *,
        actor: Actor,
        video_id: VideoId,
        language: str,
        data: bytes,
        encoding: str | None = None,
    ) -> PutResult:
        """Return the language as it is usually written, and whether it had none.

        Raise NoSuchVideo, NotYourVideo, InvalidInput, CaptionsRefused, TooManyCaptions or
        QuotaExceeded, changing nothing.
        """
        with self._uow as uow:
            owner_id = editable_video(uow, actor, video_id).owner_id
        language = tag_of(self._languages, language)
        text = self._reader.read(data, language, encoding)
        key = key_of_captions(video_id, language, self._ids.new())
        self._media.write(text, key)
        try:
            is_new = self._store(actor, video_id, owner_id, Captions(language, key, len(text)))
        except REFUSED:
            with suppress(Unavailable):
                self._media.remove(key)
            raise
        return PutResult(language, is_new)

    def _store(self, actor: Actor, video_id: VideoId, owner_id: UserId, made: Captions) -> bool:
        with self._uow as uow:
            # The owner is locked before the video, as everywhere.
            stored = uow.uploads.bytes_of(owner_id)
            video = editable_video(uow, actor, video_id)
            replaced = video.captions_in(made.language)
            if stored + made.size - (replaced.size if replaced else 0) > self._quota:
                raise QuotaExceeded
            video.put_captions(made)
            uow.commit()
        return replaced is None


def tag_of(languages: LanguageTags, tag: str) -> str:
    """Return a language tag as it is usually written, or raise InvalidInput."""
    try:
        return languages.normalise(tag)
    except ValueError as error:
        raise InvalidInput(
            [FieldError("/language", "invalid_language", "This is not a language tag.")]
        ) from error
