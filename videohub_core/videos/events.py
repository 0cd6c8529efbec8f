"""What happens to videos."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.shared.events import Event
from videohub_core.shared.ids import VideoId


@dataclass(frozen=True)
class VideoCreated(Event):
    """A video has its bytes and waits to be processed."""

    video_id: VideoId


@dataclass(frozen=True)
class VideoEdited(Event):
    """What the owner wrote about a video has changed."""

    video_id: VideoId


@dataclass(frozen=True)
class VideoPublished(Event):
    """A video can be watched by everyone for the first time."""

    video_id: VideoId


@dataclass(frozen=True)
class ProcessingWanted(Event):
    """The owner of a video that failed wants another try."""

    video_id: VideoId


@dataclass(frozen=True)
class RenditionsWanted(Event):
    """A video can be watched and waits for its other qualities."""

    video_id: VideoId


@dataclass(frozen=True)
class VideoReady(Event):
    """All that there is to make of a video has been made."""

    video_id: VideoId
    original: str | None


@dataclass(frozen=True)
class VideoRefused(Event):
    """A video failed for a reason that trying again will not change."""

    video_id: VideoId
    original: str


@dataclass(frozen=True)
class VideoDeleted(Event):
    """A video is gone; its files are to follow."""

    video_id: VideoId
    original: str | None


@dataclass(frozen=True)
class FileReplaced(Event):
    """A video names a file no longer."""

    key: str
