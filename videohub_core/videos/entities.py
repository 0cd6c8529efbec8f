"""Uploads and videos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import NewType, Protocol, Self

from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import ChannelId, UploadId, UserId, VideoId
from videohub_core.shared.text import text_error
from videohub_core.videos.errors import REFUSALS, NoSuchCaptions, TooManyCaptions
from videohub_core.videos.events import (
    CaptionsChanged,
    FileReplaced,
    MediaChanged,
    ProcessingMoved,
    ProcessingWanted,
    RenditionsWanted,
    VideoCreated,
    VideoDeleted,
    VideoEdited,
    VideoFailed,
    VideoHidden,
    VideoPublished,
    VideoReady,
    VideoRefused,
    VideoUnhidden,
)
from videohub_core.videos.heat import LIKE, PUBLISHED, unliked, warmed

TITLE_MOST = 200
HIDDEN_REASON_MOST = 500
DESCRIPTION_MOST = 10_000
TAGS_MOST = 20
TAG_MOST = 50
ORIGIN_MOST = 100
LANGUAGE_MOST = 35
TRACKS_MOST = 30
"""In how many languages a video may have captions."""
CAPTIONS_FILE_MOST = 2 << 20
"""How many bytes captions may have as they come."""
CAPTIONS_MOST = 4 << 20
"""How many they may have as they are kept: some characters take more than one there."""
PICTURE_FILE_MOST = 10 << 20
CAPTION_ENCODINGS = (
    *("utf-8", "utf-16", "utf-16le", "utf-16be"),
    *("windows-1251", "koi8-r", "koi8-u", "cp866", "iso-8859-5"),
    *("windows-1252", "iso-8859-1", "iso-8859-15", "windows-1250", "iso-8859-2"),
    *("windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257"),
    *("windows-1258", "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"),
)
"""What captions may be said to be encoded in: names of WHATWG, Encoding, and `cp866`."""

UPLOAD_KEPT = timedelta(hours=1)
"""How long an upload that got no byte is kept, if it cannot be gone on with."""
RESUMABLE_KEPT = timedelta(days=7)
"""How long one is that can be."""
METADATA_MOST = 4096
"""How long an unfinished upload is kept after it was last written to."""

MediaKey = NewType("MediaKey", str)
"""Where stored bytes are: a relative path of our own making, never a client's."""


class Visibility(Enum):
    """Who may watch: everyone and in lists; whoever has the address; the owner."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class ProcessingState(Enum):
    """How far a video is. From `playable` on it can be watched."""

    UPLOADED = "uploaded"
    PROBING = "probing"
    PLAYABLE = "playable"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"

    @property
    def can_be_watched(self) -> bool:
        return self in WATCHABLE


WATCHABLE = frozenset(
    {ProcessingState.PLAYABLE, ProcessingState.PROCESSING, ProcessingState.READY}
)


def tag_of(text: str) -> str:
    """Return a tag as it is stored."""
    return text.strip().lower()


def tag_error(pointer: str, tag: str) -> FieldError | None:
    """Return what is wrong with a tag that videos are looked for by, or None."""
    return text_error(pointer, tag, least=1, most=TAG_MOST, one_line=True)


@dataclass(frozen=True)
class VideoDetails:
    """What the owner writes about a video, checked."""

    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    comments_allowed: bool = True

    @classmethod
    def checked(
        cls,
        *,
        title: str,
        description: str = "",
        tags: Iterable[str] = (),
        visibility: str = Visibility.PUBLIC.value,
        comments_allowed: bool = True,
    ) -> Self:
        """Return the details, trimmed and with each tag once, or raise InvalidInput."""
        title = title.strip()
        tidy = [tag for tag in dict.fromkeys(map(tag_of, tags)) if tag]
        errors = [
            text_error("/title", title, least=1, most=TITLE_MOST, one_line=True),
            text_error("/description", description, most=DESCRIPTION_MOST),
        ]
        if len(tidy) > TAGS_MOST:
            errors.append(
                FieldError("/tags", "too_many", f"There may be at most {TAGS_MOST} tags.")
            )
        errors += [
            text_error(f"/tags/{index}", tag, most=TAG_MOST, one_line=True)
            for index, tag in enumerate(tidy)
        ]
        if visibility not in [known.value for known in Visibility]:
            errors.append(
                FieldError(
                    "/visibility", "invalid_choice", "This is one of public, unlisted, private."
                )
            )
        found = [error for error in errors if error is not None]
        if found:
            raise InvalidInput(found)
        return cls(title, description, tuple(tidy), Visibility(visibility), comments_allowed)


@dataclass(frozen=True)
class Origin:
    """Where a video was before it came here.

    `key` names it there, as the digest of a file does: an owner has one video of a key.
    `date` is when it appeared there; here it is shown as of then.
    """

    key: str
    date: datetime | None = None

    def date_before(self, now: datetime) -> datetime | None:
        """Return the date, None for one to come: it would stay on top of every list."""
        return self.date if self.date is not None and self.date < now else None


@dataclass(eq=False, kw_only=True)
class Upload(Aggregate):
    """Bytes on their way in. How many arrived is what the upload store has."""

    id: UploadId
    user_id: UserId
    created: datetime
    expires_at: datetime
    length: int
    """How many bytes were announced, whatever wraps the file included."""
    size: int | None = None
    """How many bytes there are, set when the last one is durable."""
    resumable: bool = False
    """Whether it comes in several requests; `length` is the file's own then."""
    metadata: str | None = None
    """What the client says of the file, as its protocol writes it."""

    def finish(self, size: int) -> None:
        self.size = size

    def go_on(self, now: datetime) -> None:
        """Wait for the next bytes as long as for the first."""
        self.expires_at = now + RESUMABLE_KEPT

    def is_over(self, now: datetime) -> bool:
        """Tell whether nobody went on in time."""
        return self.size is None and now >= self.expires_at


@dataclass(frozen=True)
class MediaInfo:
    """What a file holds: seconds, and pixels as they are shown (rotation applied)."""

    duration: float
    width: int
    height: int


@dataclass(frozen=True)
class Rendition:
    """One quality of the pictures, or the sound: a fragmented MP4 and its HLS playlist."""

    name: str
    """Such as `720p`, by the shorter side; `audio` for the sound."""
    file: MediaKey
    playlist: MediaKey
    size: int
    bandwidth: int
    """The most bits that a second of it takes."""
    average_bandwidth: int
    codecs: str
    """As RFC 6381 writes it."""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Captions:
    """The subtitles of a video in one language, as WebVTT."""

    language: str
    """As BCP 47 writes it."""
    file: MediaKey
    size: int


@dataclass(frozen=True)
class Storyboard:
    """Small pictures of the video at even distances, many on a sheet, row by row."""

    sheets: tuple[MediaKey, ...]
    columns: int
    rows: int
    width: int
    """Of one picture, in pixels, as `height`."""
    height: int
    count: int
    """How many pictures there are in all."""
    interval: float
    """How many seconds each stands for."""
    size: int
    """How many bytes the sheets take."""


@dataclass(eq=False, kw_only=True)
class Video(Aggregate):
    """A video and how far its processing is."""

    id: VideoId
    channel_id: ChannelId
    owner_id: UserId
    title: str
    description: str
    visibility: Visibility
    upload_date: datetime
    size: int
    original: MediaKey | None
    origin: str | None = None
    """The key of its `Origin`."""
    dated: datetime | None = None
    """The date of its `Origin`: when it is published, it is as of then."""
    tags: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    state: ProcessingState = ProcessingState.UPLOADED
    failure: str | None = None
    failure_detail: str | None = None
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    video_file: MediaKey | None = None
    poster: MediaKey | None = None
    poster_chosen: bool = False
    """Whether the owner chose it: processing leaves it alone then."""
    renditions: tuple[Rendition, ...] = ()
    storyboard: Storyboard | None = None
    captions: tuple[Captions, ...] = ()
    progress: float | None = None
    """How much of the renditions is made, from 0 to 1, while they are."""
    seconds_left: float | None = None
    """About how long that still takes."""
    video_file_size: int = 0
    stored: int = 0
    """How many bytes all of its files take, the poster aside, which takes next to none."""
    comments_allowed: bool = True
    views: int = 0
    likes: int = 0
    comments: int = 0
    heat: float | None = None
    """How warm it is (`heat.py`), from when it was published."""
    hidden_at: datetime | None = None
    """Since when moderators hide it from everybody but its owner and themselves."""
    hidden_reason: str | None = None
    is_reported: bool = False
    """Whether a report about it waits; the reports say so."""

    @property
    def files(self) -> frozenset[MediaKey]:
        """The keys of all files that the video names."""
        return frozenset(named_files(self))

    def created(self) -> None:
        """Say that the video is new."""
        self._weigh()
        self.record(VideoCreated(self.id, self.owner_id))

    @property
    def details(self) -> VideoDetails:
        return VideoDetails(
            self.title,
            self.description,
            tuple(self.tags),
            self.visibility,
            self.comments_allowed,
        )

    @property
    def is_listed(self) -> bool:
        """Tell whether it is where everyone finds it, unless its channel is withheld."""
        is_public = self.visibility is Visibility.PUBLIC and self.published_at is not None
        return is_public and not self.is_hidden

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    def hide(self, reason: str, by: UserId, now: datetime) -> None:
        """Take it from everybody's eyes, or raise InvalidInput; again, the reason is new."""
        reason = reason.strip()
        error = text_error("/reason", reason, most=HIDDEN_REASON_MOST, one_line=True)
        if error is not None:
            raise InvalidInput([error])
        self.hidden_at = self.hidden_at or now
        self.hidden_reason = reason
        self.record(VideoHidden(self.id, self.owner_id, by, reason))

    def unhide(self, by: UserId) -> None:
        """Let everybody see it again who may; one that is not hidden stays as it is."""
        if self.is_hidden:
            self.hidden_at = self.hidden_reason = None
            self.record(VideoUnhidden(self.id, self.owner_id, by))

    def edit(self, details: VideoDetails, now: datetime) -> None:
        """Take the details over; making it public may publish it."""
        self.title = details.title
        self.description = details.description
        self.tags = list(details.tags)
        self.visibility = details.visibility
        self.comments_allowed = details.comments_allowed
        self.record(VideoEdited(self.id, self.owner_id))
        self._publish_if_due(now)

    def start_probing(self) -> None:
        if not self.state.can_be_watched:
            self.state = ProcessingState.PROBING
            self.failure = self.failure_detail = None
            self.progress = self.seconds_left = None
            self.record(ProcessingMoved(self.id, self.owner_id))

    def become_playable(
        self, info: MediaInfo, video_file: MediaKey, size: int, now: datetime
    ) -> None:
        """From here on it can be watched."""
        self.duration = info.duration
        self.width = info.width
        self.height = info.height
        self.video_file = video_file
        self.video_file_size = size
        self._weigh()
        self.state = ProcessingState.PLAYABLE
        self.progress = self.seconds_left = None
        self.record(MediaChanged(self.id, self.owner_id))
        self._publish_if_due(now)

    def illustrate(self, poster: MediaKey | None, storyboard: Storyboard | None) -> None:
        """Take over the pictures that stand for it."""
        if not self.poster_chosen:
            self.poster = poster
        self.storyboard = storyboard
        self._weigh()
        self.record(MediaChanged(self.id, self.owner_id))

    def want_renditions(self) -> None:
        """Say that other qualities are to be made."""
        self.record(RenditionsWanted(self.id, self.owner_id))

    def start_over(self) -> None:
        """Wait to be processed as if it had just arrived."""
        self.state = ProcessingState.UPLOADED
        self.failure = self.failure_detail = None
        self.record(ProcessingWanted(self.id, self.owner_id))

    def start_rendering(self) -> None:
        self.state = ProcessingState.PROCESSING
        self.progress = 0.0
        self.seconds_left = None
        self.record(ProcessingMoved(self.id, self.owner_id))

    def report(self, progress: float, seconds_left: float | None) -> None:
        """Say how much of the renditions is made."""
        self.progress = progress
        self.seconds_left = seconds_left
        self.record(ProcessingMoved(self.id, self.owner_id))

    def add_renditions(self, made: Iterable[Rendition]) -> None:
        """Offer these qualities too, the best first."""
        together = {rendition.name: rendition for rendition in (*self.renditions, *made)}
        best_first = sorted(together.values(), key=lambda one: one.height, reverse=True)
        self.renditions = tuple(best_first)
        self._weigh()
        self.record(MediaChanged(self.id, self.owner_id))

    def become_ready(self, lack: str | None = None) -> None:
        """All there is to make has been made, but for what `lack` says of `REFUSALS`."""
        self.state = ProcessingState.READY
        self.progress = self.seconds_left = None
        self.failure = lack
        self.failure_detail = None if lack is None else REFUSALS[lack]
        self.record(VideoReady(self.id, self.owner_id, self.original))

    def drop_original(self) -> None:
        """Let go of the file that was sent: what plays stays."""
        self.original = None
        self._weigh()

    def refuse(self, reason: str, detail: str | None = None) -> None:
        """The file cannot be played: keep the reason, let go of all that there is of it.

        One that plays already goes on doing so.
        """
        if self.state.can_be_watched:
            self.become_ready()
            return
        self.fail(reason, detail)
        if self.original is not None:
            self.record(VideoRefused(self.id, self.owner_id, self.original))
            self.original = None
        self.poster = self.storyboard = None
        self.captions = ()
        self._weigh()

    def fail(self, reason: str, detail: str | None = None) -> None:
        """Processing ended without a playable file."""
        self.state = ProcessingState.FAILED
        self.progress = self.seconds_left = None
        self.failure = reason
        self.failure_detail = detail or REFUSALS[reason]
        self.record(VideoFailed(self.id, self.owner_id))

    def captions_in(self, language: str) -> Captions | None:
        return next((found for found in self.captions if found.language == language), None)

    def put_captions(self, made: Captions) -> None:
        """Take captions over, in the place of those in the same language."""
        replaced = self.captions_in(made.language)
        if replaced is None and len(self.captions) >= TRACKS_MOST:
            raise TooManyCaptions
        others = [found for found in self.captions if found is not replaced]
        self.captions = tuple(sorted([*others, made], key=lambda one: one.language))
        self._weigh()
        self.record(MediaChanged(self.id, self.owner_id))
        self.record(CaptionsChanged(self.id, self.owner_id))
        if replaced is not None:
            self.record(FileReplaced(replaced.file))

    def remove_captions(self, language: str) -> None:
        removed = self.captions_in(language)
        if removed is None:
            raise NoSuchCaptions
        self.captions = tuple(found for found in self.captions if found is not removed)
        self._weigh()
        self.record(MediaChanged(self.id, self.owner_id))
        self.record(CaptionsChanged(self.id, self.owner_id))
        self.record(FileReplaced(removed.file))

    def choose_poster(self, poster: MediaKey) -> None:
        """Show this picture from now on, whatever processing finds."""
        if self.poster is not None:
            self.record(FileReplaced(self.poster))
        self.poster = poster
        self.poster_chosen = True
        self.record(MediaChanged(self.id, self.owner_id))

    def liked(self, now: datetime) -> None:
        """Count a like more, which warms."""
        self.likes += 1
        self.heat = warmed(self.heat, now, LIKE)

    def unliked(self, given: datetime) -> None:
        """Count a like less, as if it had not been given then."""
        self.likes -= 1
        self.heat = unliked(self.heat, given, self.published_at)

    def _weigh(self) -> None:
        self.stored = self.video_file_size
        self.stored += sum(rendition.size for rendition in self.renditions)
        self.stored += sum(captions.size for captions in self.captions)
        if self.original is not None:
            self.stored += self.size
        if self.storyboard is not None:
            self.stored += self.storyboard.size

    def deleted(self) -> None:
        """Say that the video is gone."""
        self.record(VideoDeleted(self.id, self.owner_id, self.original))

    def _publish_if_due(self, now: datetime) -> None:
        due = self.visibility is Visibility.PUBLIC and self.state.can_be_watched
        if due and self.published_at is None:
            self.published_at = self.dated or now
            self.heat = warmed(self.heat, self.published_at, PUBLISHED)
            self.record(VideoPublished(self.id, self.owner_id))


class NamesFiles(Protocol):
    """What a video, and a view of one, say about files."""

    @property
    def original(self) -> MediaKey | None: ...
    @property
    def video_file(self) -> MediaKey | None: ...
    @property
    def poster(self) -> MediaKey | None: ...
    @property
    def renditions(self) -> Sequence[Rendition]: ...
    @property
    def storyboard(self) -> Storyboard | None: ...
    @property
    def captions(self) -> Sequence[Captions]: ...


def named_files(video: NamesFiles) -> Iterator[MediaKey]:
    """Yield the key of each file that a video names."""
    for key in (video.original, video.video_file, video.poster):
        if key is not None:
            yield key
    for rendition in video.renditions:
        yield from (rendition.file, rendition.playlist)
    if video.storyboard is not None:
        yield from video.storyboard.sheets
    for captions in video.captions:
        yield captions.file


_CHOSEN = ("captions-", "chosen-")


def key_of_captions(video_id: VideoId, language: str, made: str) -> MediaKey:
    return MediaKey(f"media/{video_id}/captions-{language}-{made}.vtt")


def key_of_chosen_poster(video_id: VideoId, made: str) -> MediaKey:
    return MediaKey(f"media/{video_id}/chosen-{made}.jpg")


def is_chosen(key: MediaKey) -> bool:
    """Tell whether a member made the file, who may not have had it stored in the row yet."""
    return key.rpartition("/")[2].startswith(_CHOSEN)
