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
"""Every file a video can have and its media type; nothing else is served."""

SOUGHT_IN = frozenset({"video.mp4", ORIGINAL})
"""Files that browsers come back to, at the address they were sent to the first time."""
LASTING_LINK = 3600
"""How many seconds a link to such a file has to be good, to watch by it."""


@dataclass(frozen=True)
class OpenedMedia:
    """Bytes that the actor may have. Whoever gets it closes `file`."""

    file: MediaFile | None
    """None where `link` is set."""
    content_type: str
    version: str
    """Changes whenever the bytes do; for a strong ETag."""
    is_public: bool
    is_download: bool
    """For keeping, not for showing: nobody has looked at what is in it."""
    link: str | None = None
    """Where the bytes are to be had instead, for `link_seconds`."""


class OpenMedia:
    """Open a file of a video under the same rule as the video itself.

    The original, as it was sent, is for whoever may edit the video.
    """

    def __init__(
        self, reader: VideoReader, media: MediaStore, *, link_seconds: int = 0
    ) -> None:
        self._reader = reader
        self._media = media
        self._link_seconds = link_seconds

    def __call__(
        self, *, actor: Actor | None, video_id: VideoId, name: str, may_link: bool = False
    ) -> OpenedMedia:
        """Raise NoSuchVideo, NotYourVideo or NoSuchMedia."""
        video = visible_video(self._reader, actor, video_id)
        is_download = name == ORIGINAL
        if is_download and not may_edit(actor, video):
            raise NotYourVideo
        key = _key(video, name)
        if key is None:
            raise NoSuchMedia
        is_public = video.visibility is Visibility.PUBLIC and not is_download
        link = self._link(key, name) if may_link and (is_public or is_download) else None
        return OpenedMedia(
            file=None if link else self._media.open(key),
            content_type=CONTENT_TYPES[name],
            version=key.rpartition("/")[2].partition(".")[0],
            is_public=is_public,
            is_download=is_download,
            link=link,
        )

    def _link(self, key: MediaKey, name: str) -> str | None:
        """Return a link, if one lasts as long as the file is read.

        It cannot be taken back, so there are none to what some people only may watch.
        """
        least = LASTING_LINK if name in SOUGHT_IN else 1
        if self._link_seconds < least:
            return None
        return self._media.link(
            key,
            content_type=CONTENT_TYPES[name],
            seconds=self._link_seconds,
            is_download=name == ORIGINAL,
        )


def _key(video: VideoView, name: str) -> MediaKey | None:
    if name == "video.mp4":
        return video.video_file
    if name == "poster.jpg":
        return video.poster
    if name == ORIGINAL:
        return video.original
    return None
