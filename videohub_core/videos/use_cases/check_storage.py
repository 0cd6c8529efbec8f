"""Compare what is stored with what the rows name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from videohub_core.jobs.entities import JobKind
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import Conflict
from videohub_core.shared.ids import JobId, VideoId
from videohub_core.videos.entities import MediaKey, named_files
from videohub_core.videos.errors import NoSuchMedia
from videohub_core.videos.ports import (
    MediaStore,
    StoredFile,
    UploadStore,
    VideoReader,
    VideosUnitOfWork,
    WorkFolders,
)

SETTLED = timedelta(hours=1)
"""What is younger may be named by a row in a moment, or is about to be deleted."""

_FEW = 20
"""So many files may go without a question, however few there are."""


class Fault(Enum):
    """What is wrong with a file."""

    MISSING = "missing"
    """A video names it, and it is not there."""
    ORPHAN = "orphan"
    """It is there, and nothing names it."""


@dataclass(frozen=True)
class StorageFinding:
    """One file or work folder that is not as it should be."""

    fault: Fault
    name: str
    video_id: VideoId | None = None
    size: int = 0
    modified: datetime | None = None
    removed: bool = False


class CheckStorage:
    """Find files that are missing and files that nothing names.

    The order makes it safe beside a hub at work: what is listed first can only be named
    by rows that are read later, and an upload is read before the video that takes it.
    """

    def __init__(
        self,
        uow: VideosUnitOfWork,
        reader: VideoReader,
        uploads: UploadStore,
        media: MediaStore,
        work: WorkFolders,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._reader = reader
        self._uploads = uploads
        self._media = media
        self._work = work
        self._clock = clock

    def __call__(
        self,
        *,
        repair: bool = False,
        even_most: bool = False,
        settled: timedelta = SETTLED,
    ) -> Iterator[StorageFinding]:
        """Yield what is found; with `repair`, delete what nothing names, and nothing else.

        What was touched within the time of `settled` is left alone.

        Raise Conflict, having deleted nothing, if that would be most of what there is and
        not `even_most` of it may go.
        """
        before = self._clock.now() - settled
        stored = {file.key: file for file in self._media.files()}
        most = max(_FEW, len(stored) // 2)
        for key in self._on_their_way():
            stored.pop(key, None)
            stored.pop(MediaKey(f"{key}.held"), None)
        at_work = self._at_work()
        for video in self._reader.all():
            for key in named_files(video):
                if stored.pop(key, None) is None and self._is_missing(video.id, key):
                    yield StorageFinding(Fault.MISSING, key, video.id)
        orphans = [
            file
            for file in stored.values()
            if file.modified < before and not _is_of(file.key, at_work)
        ]
        if repair and len(orphans) > most and not even_most:
            raise Conflict(f"No row names {len(orphans)} files, which are most of them.")
        for file in orphans:
            yield self._orphan(file, repair)
        yield from self._left_folders(before, repair)

    def _on_their_way(self) -> Iterator[MediaKey]:
        for upload_id in self._reader.uploads():
            yield self._uploads.key(upload_id)

    def _at_work(self) -> set[str]:
        """Return the folders and originals of jobs, which tidy up by themselves."""
        with self._uow as uow:
            subjects = [each for kind in JobKind for each in uow.jobs.subjects(kind)]
        return {part for subject in subjects for part in _parts(subject)}

    def _is_missing(self, video_id: VideoId, key: MediaKey) -> bool:
        """Look again: it may have come, or its row may have gone, since the listing."""
        try:
            self._media.open(key).close()
        except NoSuchMedia:
            video = self._reader.get(video_id)
            return video is not None and key in named_files(video)
        return False

    def _orphan(self, file: StoredFile, repair: bool) -> StorageFinding:
        if repair:
            self._media.remove(file.key)
        return StorageFinding(
            Fault.ORPHAN, file.key, None, file.size, file.modified, removed=repair
        )

    def _left_folders(self, before: datetime, repair: bool) -> Iterator[StorageFinding]:
        for folder in self._work.all():
            if folder.modified >= before or self._has_job(folder.job):
                continue
            if repair:
                self._work.remove(folder.job)
            yield StorageFinding(
                Fault.ORPHAN,
                f"work/{folder.job}",
                None,
                folder.size,
                folder.modified,
                removed=repair,
            )

    def _has_job(self, job: str) -> bool:
        with self._uow as uow:
            # A folder is called by a job and its attempt.
            return uow.jobs.get(JobId(job.rpartition("-")[0])) is not None


def _parts(subject: str) -> Iterator[str]:
    about, _, original = subject.partition(" ")
    # About a file, or a video.
    yield about if "/" in about else f"media/{about}/"
    if original:
        yield original


def _is_of(key: MediaKey, parts: set[str]) -> bool:
    return key in parts or f"{key.rpartition('/')[0]}/" in parts
