"""Open the bytes of a video."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaKey, Visibility, named_files
from videohub_core.videos.errors import NoSuchMedia, NotYourVideo
from videohub_core.videos.policies import may_edit, visible_video
from videohub_core.videos.ports import MediaFile, MediaStore, VideoReader, VideoView
from videohub_core.videos.use_cases.playlists import (
    file_name,
    master_playlist,
    storyboard_track,
)

ORIGINAL = "original.bin"
MASTER = "master.m3u8"
STORYBOARD = "storyboard.vtt"
CONTENT_TYPES = {
    "mp4": "video/mp4",
    "m3u8": "application/vnd.apple.mpegurl",
    "vtt": "text/vtt; charset=utf-8",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "bin": "application/octet-stream",
}
"""Every ending that a file of a video can have, and its media type; nothing else is served."""


@dataclass(frozen=True)
class OpenedMedia:
    """Bytes that the actor may have. Whoever gets it closes them."""

    content: MediaFile | bytes
    content_type: str
    version: str
    """Changes whenever the bytes do; for a strong ETag."""
    is_public: bool
    is_lasting: bool
    """Whether the bytes under this name never change."""
    is_download: bool
    """For keeping, not for showing: nobody has looked at what is in it."""

    @property
    def size(self) -> int:
        """The length in bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.size

    def close(self) -> None:
        if not isinstance(self.content, bytes):
            self.content.close()


class OpenMedia:
    """Open a file of a video under the same rule as the video itself.

    The original, as it was sent, is for whoever may edit the video. What is made anew
    has its name anew, and some have a name besides that stays.
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
        content, version = self._content(video, name)
        return OpenedMedia(
            content=content,
            content_type=_content_type(video, name),
            version=version,
            is_public=video.visibility is Visibility.PUBLIC and not is_download,
            is_lasting=version in name,
            is_download=is_download,
        )

    def _content(self, video: VideoView, name: str) -> tuple[MediaFile | bytes, str]:
        """Return the bytes and the version they have; raise NoSuchMedia."""
        text = _made_text(video, name)
        if text is not None:
            written = text.encode()
            return written, hashlib.sha256(written).hexdigest()[:32]
        key = _key(video, name)
        if key is None:
            raise NoSuchMedia
        return self._media.open(key), file_name(key).partition(".")[0]


def _made_text(video: VideoView, name: str) -> str | None:
    """Return a text that is made of what the video's row says."""
    if name == MASTER:
        return master_playlist(video.renditions)
    if name.startswith("master-"):
        only = name.removeprefix("master-").removesuffix(".m3u8")
        return master_playlist(video.renditions, only)
    if name == STORYBOARD and video.storyboard is not None:
        return storyboard_track(video.storyboard, video.duration or 0)
    return None


def _key(video: VideoView, name: str) -> MediaKey | None:
    lasting = {
        "video.mp4": video.video_file,
        "poster.jpg": video.poster,
        ORIGINAL: video.original,
        **{f"captions-{one.language}.vtt": one.file for one in video.captions},
    }
    if name in lasting:
        return lasting[name]
    found = (key for key in named_files(video) if key != video.original)
    return next((key for key in found if file_name(key) == name), None)


def _content_type(video: VideoView, name: str) -> str:
    is_sound = any(file_name(one.file) == name and not one.height for one in video.renditions)
    return "audio/mp4" if is_sound else CONTENT_TYPES[name.rpartition(".")[2]]
