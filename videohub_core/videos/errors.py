"""What videos refuse."""

from __future__ import annotations

from typing import Any

from videohub_core.shared.errors import (
    Conflict,
    DomainError,
    FieldError,
    InvalidInput,
    NotAllowed,
    NotFound,
    PreconditionFailed,
    TooLarge,
)


class NoSuchVideo(NotFound):
    """There is no video with this id, or none that the actor may know of."""

    code = "no_such_video"
    title = "There is no such video."


class NotYourVideo(NotAllowed):
    """The video is visible, and somebody else's."""

    code = "not_your_video"
    title = "Only the owner may change this video."


class VideoChanged(PreconditionFailed):
    """Somebody changed the video between the reading and the writing."""

    code = "video_changed"
    title = "The video was changed meanwhile. Read it again before you change it."


class NoSuchMedia(NotFound):
    """The video has no such file, or not yet."""

    code = "no_such_media"
    title = "There is no such file."


class NoSuchCaptions(NotFound):
    """The video has no captions in this language."""

    code = "no_such_captions"
    title = "There are no captions in this language."


class TooManyCaptions(Conflict):
    """The video has captions in as many languages as it may."""

    code = "too_many_captions"
    title = "This video has captions in as many languages as it may."


class NotPlayableYet(Conflict):
    """There are no pictures to choose from before the video can be watched."""

    code = "not_playable_yet"
    title = "The video cannot be watched yet."


class NoSuchUpload(NotFound):
    """There is no upload with this id, or none of the actor's."""

    code = "no_such_upload"
    title = "There is no such upload."


class UploadNotFinished(Conflict):
    """The upload has not received all of its bytes."""

    code = "upload_not_finished"
    title = "The upload is not finished."


class AlreadyImported(Conflict):
    """The owner has a video of this origin."""

    code = "already_imported"
    title = "You have a video of this file already."


class WrongOffset(Conflict):
    """The bytes do not continue where the upload ends."""

    code = "wrong_offset"
    title = "The bytes do not continue where the upload ends."


class EmptyFile(InvalidInput):
    """A file of no bytes."""

    code = "empty_file"
    title = "The file is empty."

    def __init__(self) -> None:
        super().__init__([FieldError("/file", "empty_file", self.title)])


class FileTooLarge(TooLarge):
    """The file exceeds what one upload may have."""

    code = "file_too_large"
    title = "The file is larger than this hub accepts."


class QuotaExceeded(TooLarge):
    """The member's videos would need more room than they have."""

    code = "quota_exceeded"
    title = "You do not have enough room left for this file."


class NothingToRetry(Conflict):
    """Processing has done all it can do for the video."""

    code = "nothing_to_retry"
    title = "There is nothing to try again."


class CaptionsRefused(InvalidInput):
    """The file has no captions that can be read; `reason` is one of `CAPTIONS_REFUSALS`."""

    code = "captions_refused"
    title = "The hub cannot read these captions."

    def __init__(self, reason: str, line: int | None = None) -> None:
        detail = CAPTIONS_REFUSALS[reason]
        pointer = "/captions"
        if line is not None:
            detail, pointer = f"Line {line}: {detail}", f"/captions/{line}"
        super().__init__([FieldError(pointer, reason, detail)], detail)


class PictureRefused(InvalidInput):
    """The file is no picture for a poster; `reason` is one of `PICTURE_REFUSALS`."""

    code = "picture_refused"
    title = "The hub cannot use this picture."

    def __init__(self, reason: str) -> None:
        detail = PICTURE_REFUSALS[reason]
        super().__init__([FieldError("/picture", reason, detail)], detail)


class MediaRefused(DomainError):
    """The file is not one the hub can play, whatever is tried.

    `code` is one of `REFUSALS` and belongs to this one error.
    """

    code = "media_refused"
    title = "The file cannot be played."

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(detail or REFUSALS[reason])
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason, self.detail)


REFUSALS = {
    "not_a_video": "This file is not a video the hub can read.",
    "no_video_track": "There are no pictures in this file.",
    "damaged": "The file is damaged or incomplete: it ends before the video does.",
    "unsupported_codec": "The hub cannot play the way this video is encoded yet.",
    "hdr_not_supported": "The hub cannot show the high dynamic range (HDR) of this video.",
    "picture_too_large": "The pictures of this video are larger than the hub accepts.",
    "too_long": "The video is longer than the hub accepts.",
    "processing_crashed": "Processing this file stopped several times without finishing.",
    "renditions_failed": "Some qualities of this video could not be made.",
}
"""Why processing failed: the code of `processing.code` and its sentence in English."""

CAPTIONS_REFUSALS = {
    "unknown_encoding": "The hub cannot tell how the text in this file is encoded.",
    "no_cues": "There is no subtitle with a time and a text in this file.",
    "too_many_cues": "There are more than 20,000 subtitles in this file.",
    "bad_time": "This is no time such as 00:00:01.000 --> 00:00:02.500.",
    "time_too_late": "This is later than a video here can last.",
    "ends_too_early": "This subtitle ends before it begins.",
    "line_too_long": "This line has more than 2,000 characters.",
    "captions_too_long": "There is too much text in these subtitles.",
}
"""What is wrong with captions, from which line of the file on."""

PICTURE_REFUSALS = {
    "not_a_picture": "This file is not a picture of the types JPEG, PNG and WebP.",
    "unreadable_picture": "This picture is damaged, or has more than 64 million pixels.",
    "no_frame": "The hub finds no picture of the video at this time.",
}
