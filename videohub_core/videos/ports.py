"""What videos need from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import NamedTuple, Protocol

from videohub_core.accounts.ports import ChannelRef
from videohub_core.channels.ports import ChannelRepository
from videohub_core.jobs.ports import JobRepository
from videohub_core.shared.idempotency import IdempotencyRepository
from videohub_core.shared.ids import ChannelId, UploadId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.shared.unit_of_work import UnitOfWork
from videohub_core.videos.entities import (
    Captions,
    MediaInfo,
    MediaKey,
    ProcessingState,
    Rendition,
    Storyboard,
    Upload,
    Video,
    Visibility,
)

READ_MOST = 4 << 20
"""How long a text may be that is read as a whole."""


class VideoView(NamedTuple):
    """A video as it is shown. A tuple: lists make many of them."""

    id: VideoId
    owner_id: UserId
    channel: ChannelRef
    title: str
    description: str
    tags: Sequence[str]
    visibility: Visibility
    upload_date: datetime
    published_at: datetime | None
    state: ProcessingState
    failure: str | None
    failure_detail: str | None
    duration: float | None
    width: int | None
    height: int | None
    size: int
    video_file: MediaKey | None
    poster: MediaKey | None
    original: MediaKey | None
    renditions: Sequence[Rendition]
    storyboard: Storyboard | None
    captions: Sequence[Captions]
    progress: float | None
    seconds_left: float | None
    comments_allowed: bool
    views: int
    likes: int
    comments: int
    hidden_at: datetime | None
    hidden_reason: str | None
    is_reported: bool = False
    """Whether a report about it waits; lists do not ask."""

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None


class VideoSort(Enum):
    """In which order public videos are listed; the largest is first."""

    FRESH = "-published_at"
    POPULAR = "-views"
    TRENDING = "trending"


@dataclass(frozen=True)
class VideoFilter:
    """Which public videos are listed; all that is given has to hold."""

    channel_id: ChannelId | None = None
    tag: str | None = None
    """As it is stored: trimmed and in small letters."""


EVERYTHING = VideoFilter()


class UploadView(NamedTuple):
    """An upload that can be gone on with, as its owner sees it."""

    id: UploadId
    length: int
    offset: int
    """How many bytes have arrived."""
    metadata: str | None
    created: datetime
    expires_at: datetime
    is_finished: bool


class StorageView(NamedTuple):
    """How much room a member has for files."""

    used: int
    """What their originals take, those on their way included."""
    quota: int
    file_size_most: int


class VideoRepository(Protocol):
    """The videos inside one transaction."""

    def add(self, video: Video) -> None:
        """Store a new video; raise AlreadyImported if its owner has one of its origin."""

    def get(self, video_id: VideoId) -> Video | None:
        """Return the video, locked against other transactions until this one ends."""

    def hold_of(self, user_id: UserId) -> None:
        """Lock all videos that are a user's, or that they like or said something about."""

    def of_owner(self, owner_id: UserId) -> Sequence[Video]:
        """Return all of a user's videos, locked."""

    def tag(self, video: Video) -> None:
        """Let it be found by its tags while it is listed, and by none otherwise."""

    def remove(self, video: Video) -> None: ...


class UploadRepository(Protocol):
    """The uploads inside one transaction."""

    def add(self, upload: Upload) -> None: ...

    def get(self, upload_id: UploadId) -> Upload | None: ...

    def bytes_of(self, user_id: UserId) -> int:
        """Return how many bytes all of the user's files take, those on their way included.

        Whoever asks for the same user next waits until this transaction ends.
        """

    def of_user(self, user_id: UserId) -> Sequence[Upload]:
        """Return all of a user's uploads that no video took, locked."""

    def expired(self, now: datetime) -> Sequence[Upload]:
        """Return the uploads whose time is over and that no video took."""

    def remove(self, upload: Upload) -> None: ...


class VideosUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def videos(self) -> VideoRepository: ...

    @property
    def uploads(self) -> UploadRepository: ...

    @property
    def channels(self) -> ChannelRepository: ...

    @property
    def jobs(self) -> JobRepository: ...

    @property
    def idempotency(self) -> IdempotencyRepository: ...


class VideoReader(Protocol):
    """Reads videos for showing, outside any transaction."""

    def get(self, video_id: VideoId) -> VideoView | None: ...

    def of_origin(self, owner_id: UserId, key: str) -> VideoId | None:
        """Return the owner's video that has an `Origin` of this key."""

    def listed(
        self,
        request: PageRequest,
        *,
        sort: VideoSort = VideoSort.FRESH,
        only: VideoFilter = EVERYTHING,
    ) -> Page[VideoView]:
        """Return public videos that can be watched, but for those of withheld channels."""

    def of_owner(self, owner_id: UserId, request: PageRequest) -> Page[VideoView]:
        """Return all of a user's videos, freshest (`upload_date`) first."""

    def bytes_of(self, user_id: UserId) -> int:
        """Return what `UploadRepository.bytes_of` does; nobody waits for that."""

    def uploads(self) -> Iterable[UploadId]:
        """Return every upload that no video took."""

    def all(self) -> Iterator[VideoView]:
        """Yield every video, a part of them at a time."""


class UploadStore(Protocol):
    """Keeps bytes on their way in. The length on disk is the offset."""

    def key(self, upload_id: UploadId) -> MediaKey:
        """Return where the bytes of the upload are, for `MediaStore`."""

    def append(self, upload_id: UploadId, offset: int, data: bytes) -> int:
        """Write at the end and return the new length.

        Raise WrongOffset, writing nothing, if the length is not `offset`;
        raise OutOfSpace, keeping what was there, if there is no room.
        """

    def hold(self, upload_id: UploadId, data: bytes) -> None:
        """Write behind what is held already, apart from the upload; raise OutOfSpace."""

    def accept(self, upload_id: UploadId, offset: int) -> int:
        """Append what is held and return the new length; raise as `append` does.

        Ended on its way, there is a part of it: bytes that belong there.
        """

    def drop(self, upload_id: UploadId) -> None:
        """Forget what is held."""

    def length(self, upload_id: UploadId) -> int:
        """Return how many bytes there are, 0 for an upload that got none."""

    def last_written(self, upload_id: UploadId) -> datetime | None:
        """Return when bytes last arrived, None if none did."""

    def make_durable(self, upload_id: UploadId) -> None:
        """Return once the bytes would survive a power cut."""

    def remove(self, upload_id: UploadId) -> None:
        """Delete the bytes; deleting none is fine."""


class MediaFile(Protocol):
    """An open stored file."""

    @property
    def size(self) -> int:
        """The length in bytes."""

    def fileno(self) -> int | None:
        """Return a descriptor to read the bytes from, None if they are elsewhere."""

    def blocks(self, start: int, length: int) -> Iterator[bytes]:
        """Yield a part of the bytes, piece by piece; raise NoSuchMedia or Unavailable."""

    def close(self) -> None: ...


class StoredFile(NamedTuple):
    """What a store says of one file without opening it."""

    key: MediaKey
    size: int
    modified: datetime


class MediaStore(Protocol):
    """Keeps finished bytes under keys, in files of this machine or elsewhere.

    Where the store is elsewhere, each call may raise Unavailable.
    """

    def keep(self, source: Path, key: MediaKey) -> None:
        """Move a finished file under the key, durable when this returns."""

    def write(self, data: bytes, key: MediaKey) -> None:
        """Put a few bytes under the key, durable when this returns; raise OutOfSpace."""

    def archive(self, key: MediaKey) -> None:
        """Take an upload's bytes to where the other files are; doing it again is fine.

        They stay readable under the same key all the time.
        """

    def open(self, key: MediaKey) -> MediaFile:
        """Open the bytes for reading; raise NoSuchMedia if there are none."""

    def link(
        self, key: MediaKey, *, content_type: str, seconds: int, is_download: bool = False
    ) -> str | None:
        """Return an address that gives the bytes to whoever has it, for some seconds.

        None if the bytes can only be had through `open`.
        """

    def lend(self, key: MediaKey, to: Path) -> None:
        """Put the bytes at a path for reading; raise NoSuchMedia if there are none."""

    def fetch(self, key: MediaKey, to: Path, *, size_most: int) -> bool:
        """Do as `lend` for somebody who waits; raise NoSuchMedia.

        Return False, having done nothing, if more bytes than that had to come from elsewhere;
        raise Unavailable if they do not come soon.
        """

    def read(self, key: MediaKey) -> bytes:
        """Return a text of at most `READ_MOST` bytes; raise NoSuchMedia if there is none."""

    def remove(self, key: MediaKey) -> None:
        """Delete the bytes; deleting none is fine."""

    def of_video(self, video_id: VideoId) -> Iterable[MediaKey]:
        """Return the keys of everything made for a video."""

    def files(self) -> Iterable[StoredFile]:
        """Return everything there is, uploads on their way and what they left included."""


@dataclass(frozen=True)
class Rung:
    """One step of the ladder of qualities: what a rendition of the pictures is to be."""

    name: str
    """Such as `720p`."""
    width: int
    height: int
    bits: int
    """The most bits that a second may take."""


@dataclass(frozen=True)
class MadeRendition:
    """A rendition, or the sound, as two files that wait to be kept."""

    name: str
    file: Path
    segments: MediaSegments
    bandwidth: int
    average_bandwidth: int
    codecs: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class MediaSegments:
    """Where the parts of a fragmented MP4 lie that can be fetched one by one."""

    head: int
    """How many bytes at the start every other part needs."""
    parts: tuple[tuple[float, int], ...]
    """Seconds and bytes of each part, one behind the other from `head` on."""


@dataclass(frozen=True)
class MadeStoryboard:
    """A storyboard whose sheets wait to be kept."""

    sheets: tuple[Path, ...]
    columns: int
    rows: int
    width: int
    height: int
    count: int
    interval: float


Watch = Callable[[float | None], None]
"""Called every second or so while a step goes on, with how much of it is done, from 0 to 1,
where that is known. It may raise to have the step ended."""


class SandboxedMedia(Protocol):
    """One untrusted file, open in isolation. The steps are called in this order."""

    def probe(self) -> MediaInfo:
        """Return what the file holds; raise MediaRefused if it cannot be played."""

    def make_playable(self) -> Path:
        """Return an MP4 that browsers play, from its first bytes.

        Streams that browsers play are copied, others are encoded anew. Raise MediaRefused
        if the file ends before the video does, or cannot be decoded.
        """

    def poster(self) -> Path | None:
        """Return a JPEG of a frame that shows something; None if none can be had."""

    def storyboard(self) -> MadeStoryboard | None:
        """Return small pictures at even distances; None if none can be had."""


class PlayableMedia(Protocol):
    """What `make_playable` made, open in isolation."""

    def copy(self, rung: Rung) -> Sequence[MadeRendition]:
        """Return the pictures as they are, and the sound; a part only where it fits.

        The pictures are missing where they cannot be fetched in parts as they are, or take
        more bits than the rung allows; the sound where there is none.
        """

    def render(self, rungs: Sequence[Rung]) -> Sequence[MadeRendition]:
        """Return the pictures in each of these qualities, made in one go."""


class WorkFolder(NamedTuple):
    """A job's folder: how much is in it, and when it was last written to."""

    job: str
    size: int
    modified: datetime


class MediaSandbox(Protocol):
    """Opens untrusted files where they can do no harm."""

    def open(
        self, original: MediaKey, job: str, watch: Watch
    ) -> AbstractContextManager[SandboxedMedia]:
        """Open a stored original; what it makes is gone when the context ends."""

    def open_playable(
        self, video_file: MediaKey, job: str, watch: Watch
    ) -> AbstractContextManager[PlayableMedia]:
        """Open what `make_playable` made, in the same isolation."""


class PosterMaker(Protocol):
    """Makes the picture that a member wants to see; it is gone when the context ends.

    Raise Unavailable while too many are being made.
    """

    def of_frame(self, videos: Sequence[MediaKey], at: float) -> AbstractContextManager[Path]:
        """Return a JPEG of what a video shows at a time.

        `videos` are files of it, the best first; a worse one is taken where the others are
        too large to be had while somebody waits. Raise NoSuchMedia, PictureRefused if there
        is nothing to see, or Unavailable if all of them are too large.
        """

    def of_picture(self, picture: bytes) -> AbstractContextManager[Path]:
        """Return a JPEG of a JPEG, PNG or WebP; raise PictureRefused."""


class CaptionReader(Protocol):
    """Reads captions as people have them."""

    def read(self, data: bytes, language: str, encoding: str | None = None) -> bytes:
        """Return WebVTT or SubRip as WebVTT that does nothing but show text.

        `encoding` is one of `CAPTION_ENCODINGS`; without it, it is found out. Raise
        CaptionsRefused.
        """


class LanguageTags(Protocol):
    """Knows the names of languages that programs use (BCP 47)."""

    def normalise(self, tag: str) -> str:
        """Return a tag as it is usually written; raise ValueError if it is none."""


class WorkFolders(Protocol):
    """Where jobs make their files; one that was killed leaves its folder behind."""

    def all(self) -> Iterable[WorkFolder]: ...

    def remove(self, job: str) -> None:
        """Delete the folder of a job; deleting none is fine."""
