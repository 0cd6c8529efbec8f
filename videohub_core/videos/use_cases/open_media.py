"""Open the bytes of a video."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaKey, Visibility
from videohub_core.videos.errors import NoSuchMedia, NotYourVideo
from videohub_core.videos.policies import may_edit, visible_video
from videohub_core.videos.ports import MediaFile, MediaStore, VideoReader, VideoView

ORIGINAL = "original.bin"
CONTENT_TYPES = {
    "video.mp4": "video/mp4",
    "poster.jpg": "image/jpeg",
    ORIGINAL: "application/octet-stream",
}
"""Every file a video can have and its media type; nothing else is served but captions."""
CAPTIONS = "text/vtt; charset=utf-8"


@dataclass(frozen=True)
class OpenedMedia:
    """Bytes that the actor may have. Whoever gets it closes `file`."""

    file: MediaFile
    content_type: str
    version: str
    """Changes whenever the bytes do; for a strong ETag."""
    is_public: bool
    is_download: bool
    """For keeping, not for showing: nobody has looked at what is in it."""


class OpenMedia:
    """Open a file of a video under the same rule as the video itself.

    The original, as it was sent, is for whoever may edit the video.
    """

    def __init__(self, reader: VideoReader, media: MediaStore) -> None:
        self._reader = reader
        self._media = media

    def __call__(self, *, actor: Actor | None, video_id: VideoId, name: str) -> OpenedMedia:
        """Raise NoSuchVideo, NotYourVideo or NoSuchMedia."""
        video = visible_video(self._reader, actor, video_id)
        is_download = name == ORIGINAL
        if is_download and not may_edit(actor, video):
            raise NotYourVideo
        key = _key(video, name)
        if key is None:
            raise NoSuchMedia
        return OpenedMedia(
            file=self._media.open(key),
            content_type=CONTENT_TYPES.get(name, CAPTIONS),
            version=key.rpartition("/")[2].partition(".")[0],
            is_public=video.visibility is Visibility.PUBLIC and not is_download,
            is_download=is_download,
        )


def _key(video: VideoView, name: str) -> MediaKey | None:
    if name == "video.mp4":
        return video.video_file
    if name == "poster.jpg":
        return video.poster
    if name == ORIGINAL:
        return video.original
    for captions in video.captions:
        if name == f"captions-{captions.language}.vtt":
            return captions.file
    return None
