"""What happens to videos."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.events import Event
from videohub_core.shared.ids import UserId, VideoId


@dataclass(frozen=True)
class VideoEvent(Event):
    """Something happened to a video."""

    video_id: VideoId
    owner_id: UserId

    @property
    def subject(self) -> str | None:
        """What a job that follows is about."""
        return self.video_id

    @property
    def hint(self) -> Hint:
        return Hint(Topic.VIDEO, self.video_id, self.owner_id)


@dataclass(frozen=True)
class VideoCreated(VideoEvent):
    """A video has its bytes and waits to be processed."""


@dataclass(frozen=True)
class VideoEdited(VideoEvent):
    """What the owner wrote about a video has changed."""


@dataclass(frozen=True)
class VideoPublished(VideoEvent):
    """A video can be watched by everyone for the first time."""


@dataclass(frozen=True)
class ProcessingWanted(VideoEvent):
    """The owner of a video that failed wants another try."""


@dataclass(frozen=True)
class ProcessingMoved(VideoEvent):
    """Processing is further than it was, and nobody but the owner is to see that."""

    @property
    def hint(self) -> Hint:
        return Hint(Topic.PROGRESS, self.video_id, self.owner_id)


@dataclass(frozen=True)
class MediaChanged(VideoEvent):
    """What there is to play or to show of a video is not what it was."""


@dataclass(frozen=True)
class CaptionsChanged(VideoEvent):
    """What is said in a video can be read, or not any more."""


@dataclass(frozen=True)
class RenditionsWanted(VideoEvent):
    """A video can be watched and waits for its other qualities."""


@dataclass(frozen=True)
class VideoReady(VideoEvent):
    """All that there is to make of a video has been made."""

    original: str | None

    @property
    def subject(self) -> str | None:
        """Names the original: no row remembers it once the video is deleted."""
        return f"{self.video_id} {self.original}" if self.original else None


@dataclass(frozen=True)
class VideoFailed(VideoEvent):
    """Processing ended without anything to play."""


@dataclass(frozen=True)
class VideoRefused(VideoEvent):
    """A video failed for a reason that trying again will not change."""

    original: str

    @property
    def subject(self) -> str:
        """Names the original: no row remembers it after this."""
        return f"{self.video_id} {self.original}"


@dataclass(frozen=True)
class VideoHidden(VideoEvent):
    """A moderator keeps a video from everybody's eyes."""

    by: UserId
    reason: str


@dataclass(frozen=True)
class VideoUnhidden(VideoEvent):
    """A moderator lets a video be seen again."""

    by: UserId


@dataclass(frozen=True)
class VideoDeleted(VideoEvent):
    """A video is gone; its files are to follow."""

    original: str | None

    @property
    def subject(self) -> str:
        """Names the original, if there is one: no row remembers it after this."""
        return f"{self.video_id} {self.original or ''}"


@dataclass(frozen=True)
class FileReplaced(Event):
    """A video names a file no longer."""

    key: str

    @property
    def subject(self) -> str:
        return self.key
