"""Make an uploaded file playable."""

from __future__ import annotations

from pathlib import Path

from videohub_core.jobs.entities import Lease
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import MediaInfo, MediaKey, Video
from videohub_core.videos.errors import MediaRefused, NoSuchVideo
from videohub_core.videos.ports import (
    MediaSandbox,
    MediaStore,
    SandboxedMedia,
    VideosUnitOfWork,
)


class ProcessVideo:
    """Job `process_video`: probe, make playable, poster; each result shows as it is there.

    Safe to repeat from any point: files get names of this attempt, a row names a file
    only once it is durable, and a result is stored only while the lease is held.
    """

    def __init__(
        self,
        uow: VideosUnitOfWork,
        sandbox: MediaSandbox,
        media: MediaStore,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._sandbox = sandbox
        self._media = media
        self._clock = clock

    def __call__(self, *, lease: Lease) -> None:
        """Finish the job, or raise what may pass, LeaseLost included."""
        try:
            if lease.exhausted:
                self._give_up(lease)
            else:
                self._process_or_refuse(lease)
        except NoSuchVideo:
            self._clear_away(lease)

    def _process_or_refuse(self, lease: Lease) -> None:
        try:
            self._process(lease)
        except MediaRefused as refusal:
            self._refuse(lease, refusal)

    def _process(self, lease: Lease) -> None:
        original = self._start(lease)
        with self._sandbox.open(original, lease.job_id) as media:
            info = media.probe()
            self._make_playable(lease, info, media)
            self._make_ready(lease, media)

    def _start(self, lease: Lease) -> MediaKey:
        with self._uow as uow:
            uow.jobs.held(lease)
            video = _video(uow, lease)
            video.start_probing()
            uow.commit()
        if video.original is None:
            raise MediaRefused("damaged")
        return video.original

    def _make_playable(self, lease: Lease, info: MediaInfo, media: SandboxedMedia) -> None:
        made = media.make_playable()
        size = made.stat().st_size
        key = self._keep(lease, made, "mp4")
        with self._uow as uow:
            uow.jobs.held(lease)
            _video(uow, lease).become_playable(info, key, size, self._clock.now())
            uow.commit()

    def _make_ready(self, lease: Lease, media: SandboxedMedia) -> None:
        try:
            picture = media.poster()
        except MediaRefused:
            # It plays, and people watch it already: it only has no picture to show.
            picture = None
        poster = self._keep(lease, picture, "jpg") if picture else None
        with self._uow as uow:
            job = uow.jobs.held(lease)
            video = _video(uow, lease)
            video.become_ready(poster)
            uow.jobs.remove(job)
            uow.commit()
        self._remove_leftovers(video)

    def _remove_leftovers(self, video: Video) -> None:
        """Delete what attempts made that did not come to their end."""
        for key in list(self._media.of_video(video.id)):
            if key not in (video.video_file, video.poster):
                self._media.remove(key)

    def _keep(self, lease: Lease, made: Path, kind: str) -> MediaKey:
        name = f"{lease.job_id}-{lease.attempt}.{kind}"
        key = MediaKey(f"media/{lease.subject}/{name}")
        self._media.keep(made, key)
        return key

    def _refuse(self, lease: Lease, refusal: MediaRefused) -> None:
        with self._uow as uow:
            job = uow.jobs.held(lease)
            _video(uow, lease).refuse(refusal.reason, refusal.detail)
            uow.jobs.remove(job)
            uow.commit()

    def _give_up(self, lease: Lease) -> None:
        """Every attempt is spent. What is playable stays so; the original stays too."""
        with self._uow as uow:
            job = uow.jobs.held(lease)
            video = _video(uow, lease)
            if video.state.can_be_watched:
                video.become_ready(video.poster)
            else:
                video.fail("processing_crashed")
            uow.jobs.remove(job)
            uow.commit()
        self._remove_leftovers(video)

    def _clear_away(self, lease: Lease) -> None:
        """The video was deleted meanwhile: leave no file that this attempt made."""
        for key in list(self._media.of_video(VideoId(lease.subject))):
            self._media.remove(key)
        with self._uow as uow:
            uow.jobs.remove(uow.jobs.held(lease))
            uow.commit()


def _video(uow: VideosUnitOfWork, lease: Lease) -> Video:
    video = uow.videos.get(VideoId(lease.subject))
    if video is None:
        raise NoSuchVideo
    return video
