"""What every attempt at a video does alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from videohub_core.jobs.entities import Lease
from videohub_core.jobs.errors import LeaseLost
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaKey, Video, is_chosen
from videohub_core.videos.errors import NoSuchVideo
from videohub_core.videos.ports import MediaStore, VideosUnitOfWork

_LOOK_EVERY = timedelta(seconds=2)


class Attempt:
    """One attempt at a job whose subject is a video.

    Safe to repeat from any point: files get names of this attempt, a row names a file only
    once it is durable, and a result is stored only while the lease is held.
    """

    def __init__(
        self, lease: Lease, uow: VideosUnitOfWork, media: MediaStore, clock: Clock
    ) -> None:
        self.lease = lease
        self._uow = uow
        self._media = media
        self._clock = clock
        self._unnamed: list[MediaKey] = []
        self._looked: datetime | None = None

    @property
    def video_id(self) -> VideoId:
        return VideoId(self.lease.subject)

    @contextmanager
    def change(self, *, done: bool = False) -> Iterator[Video]:
        """Store what is changed of the video, and with `done` that there is nothing left.

        Raise NoSuchVideo if it was deleted meanwhile, LeaseLost if another worker has
        the job: what this one kept goes then.
        """
        try:
            with self._uow as uow:
                job = uow.jobs.held(self.lease)
                video = uow.videos.get(self.video_id)
                if video is None:
                    raise NoSuchVideo
                yield video
                if done:
                    uow.jobs.remove(job)
                uow.commit()
        except LeaseLost:
            for key in self._unnamed:
                self._media.remove(key)
            raise
        self._unnamed.clear()

    def keep(self, made: Path, name: str) -> MediaKey:
        """Keep a file that the next change of the video names."""
        lease = self.lease
        key = MediaKey(f"media/{lease.subject}/{lease.job_id}-{lease.attempt}-{name}")
        self._unnamed.append(key)
        self._media.keep(made, key)
        return key

    def report(self, progress: float | None, seconds_left: float | None = None) -> None:
        """Say how far it is, now and then; raise as `change` does, to end what goes on."""
        now = self._clock.now()
        if self._looked is not None and now - self._looked < _LOOK_EVERY:
            return
        self._looked = now
        # Nobody can say no now: what was begun goes on until somebody can.
        with suppress(Unavailable), self._uow as uow:
            uow.jobs.held(self.lease)
            video = uow.videos.get(self.video_id)
            if video is None:
                raise NoSuchVideo
            if progress is not None:
                video.report(progress, seconds_left)
                uow.commit()

    def remove_leftovers(self) -> None:
        """Delete what attempts made that did not come to their end.

        Before the job is done: whoever dies meanwhile leaves it to another attempt.
        """
        with self.change() as video:
            named = video.files
        for key in list(self._media.of_video(self.video_id)):
            if key not in named and not is_chosen(key) and not self._is_newer(key):
                self._media.remove(key)

    def _is_newer(self, key: MediaKey) -> bool:
        """Tell whether a later attempt made a file: the lease may be lost by now."""
        job = f"media/{self.video_id}/{self.lease.job_id}-"
        attempt = key.removeprefix(job).partition("-")[0]
        return key.startswith(job) and int(attempt) > self.lease.attempt

    def clear_away(self) -> None:
        """The video was deleted meanwhile: leave no file that this attempt made."""
        for key in list(self._media.of_video(self.video_id)):
            self._media.remove(key)
        with self._uow as uow:
            uow.jobs.remove(uow.jobs.held(self.lease))
            uow.commit()
