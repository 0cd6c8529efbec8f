"""Open the bytes of a video."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

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

LINKED = frozenset({"mp4", "jpg", "webp", "bin"})
"""Endings of files that may be elsewhere: what names other files is read beside them."""
LASTING_LINK = 3600
"""How many seconds a link to a whole video has to be good, to watch by it."""


@dataclass(frozen=True)
class OpenedMedia:
    """Bytes that the actor may have. Whoever gets it closes them."""

    content: MediaFile | bytes | None
    """None where `link` is set."""
    content_type: str
    version: str
    """Changes whenever the bytes do; for a strong ETag."""
    is_public: bool
    is_lasting: bool
    """Whether the bytes under this name never change."""
    is_download: bool
    """For keeping, not for showing: nobody has looked at what is in it."""
    is_storyboard: bool = False
    key: MediaKey | None = None
    """Where the store has the bytes; None where they are made of what the row says."""
    link: str | None = None
    """Where the bytes are to be had instead, for `link_seconds`."""

    @property
    def size(self) -> int:
        """The length in bytes."""
        if self.content is None:
            return 0
        return len(self.content) if isinstance(self.content, bytes) else self.content.size

    @property
    def names_files(self) -> bool:
        """Whether it is a text that says which other files of the video to get."""
        return self.content_type == CONTENT_TYPES["m3u8"] or self.is_storyboard

    def rewritten(self, rewrite: Callable[[str], str]) -> OpenedMedia:
        """Return a text as another text, and let go of this one."""
        content = self.content
        if content is None:
            return self
        read = content if isinstance(content, bytes) else b"".join(content.blocks(0, self.size))
        self.close()
        text = rewrite(read.decode()).encode()
        return replace(self, content=text, version=_digest(text))

    def close(self) -> None:
        if not isinstance(self.content, bytes | None):
            self.content.close()


class OpenMedia:
    """Open a file of a video under the same rule as the video itself.

    The original, as it was sent, is for whoever may edit the video. What is made anew
    has its name anew, and some have a name besides that stays.
    """

    def __init__(
        self, reader: VideoReader, media: MediaStore, *, link_seconds: int = 0
    ) -> None:
        self._reader = reader
        self._media = media
        self._link_seconds = link_seconds

    def __call__(
        self,
        *,
        actor: Actor | None,
        video_id: VideoId,
        name: str,
        may_link: bool = False,
        to_watch: bool = False,
    ) -> OpenedMedia:
        """Raise NoSuchVideo, NotYourVideo or NoSuchMedia.

        Who is let in `to_watch` gets what is watched, whoever they are.
        """
        video = visible_video(self._reader, actor, video_id)
        is_download = name == ORIGINAL
        if is_download and (to_watch or not may_edit(actor, video)):
            raise NotYourVideo
        is_public = video.visibility is Visibility.PUBLIC and not video.is_hidden
        is_public &= not is_download
        may_link = may_link and (is_public or is_download)
        link = self._link(video, name) if may_link else None
        key = _key(video, name)
        content, version = (None, "") if link else self._content(video, name, key)
        return OpenedMedia(
            content=content,
            content_type=_content_type(video, name),
            version=version,
            is_public=is_public,
            is_lasting=version in name,
            is_download=is_download,
            is_storyboard=name == STORYBOARD,
            key=key,
            link=link,
        )

    def check(self, *, actor: Actor | None, video_id: VideoId, name: str) -> None:
        """Raise as opening the file would, without a look at its bytes."""
        video = visible_video(self._reader, actor, video_id)
        if name == ORIGINAL and not may_edit(actor, video):
            raise NotYourVideo
        if _key(video, name) is None and _made_text(video, name) is None:
            raise NoSuchMedia

    def _link(self, video: VideoView, name: str) -> str | None:
        """Return a link, if one lasts as long as the file is read.

        It cannot be taken back, so there are none to what some people only may watch.
        """
        key = _key(video, name)
        if key is None or name.rpartition(".")[2] not in LINKED:
            return None
        # Browsers come back to these at the address they were sent to the first time.
        is_sought_in = key in (video.video_file, video.original)
        if self._link_seconds < (LASTING_LINK if is_sought_in else 1):
            return None
        return self._media.link(
            key,
            content_type=_content_type(video, name),
            seconds=self._link_seconds,
            is_download=name == ORIGINAL,
        )

    def _content(
        self, video: VideoView, name: str, key: MediaKey | None
    ) -> tuple[MediaFile | bytes, str]:
        """Return the bytes and the version they have; raise NoSuchMedia."""
        text = _made_text(video, name)
        if text is not None:
            written = text.encode()
            return written, _digest(written)
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


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
