"""Make an uploaded file playable."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.shared.clock import Clock
from videohub_core.videos.entities import MediaInfo, MediaKey, Storyboard
from videohub_core.videos.errors import MediaRefused, NoSuchVideo
from videohub_core.videos.ports import (
    MadeStoryboard,
    MediaSandbox,
    MediaStore,
    SandboxedMedia,
    VideosUnitOfWork,
)
from videohub_core.videos.use_cases.attempt import Attempt
from videohub_core.videos.use_cases.ladder import ladder_of


class ProcessVideo:
    """Job `process_video`: probe, make playable, poster; each result shows as it is there.

    Renditions, where they are worth having, are another job: they take long, and nobody
    else's video should wait for them to become playable.
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
        attempt = Attempt(lease, self._uow, self._media, self._clock)
        try:
            if lease.exhausted:
                self._give_up(attempt)
            else:
                self._process_or_refuse(attempt)
        except NoSuchVideo:
            attempt.clear_away()

    def _process_or_refuse(self, attempt: Attempt) -> None:
        try:
            self._process(attempt)
        except MediaRefused as refusal:
            with attempt.change(done=True) as video:
                video.refuse(refusal.reason, refusal.detail)

    def _process(self, attempt: Attempt) -> None:
        original = self._start(attempt)
        with self._sandbox.open(original, attempt.lease.job_id, attempt.report) as media:
            info = media.probe()
            self._make_playable(attempt, info, media)
            self._illustrate(attempt, media)
        attempt.remove_leftovers()
        with attempt.change(done=True) as video:
            if ladder_of(video):
                video.want_renditions()
            else:
                video.become_ready()

    def _start(self, attempt: Attempt) -> MediaKey:
        with attempt.change() as video:
            video.start_probing()
        if video.original is None:
            raise MediaRefused("damaged")
        return video.original

    def _make_playable(self, attempt: Attempt, info: MediaInfo, media: SandboxedMedia) -> None:
        made = media.make_playable()
        size = made.stat().st_size
        key = attempt.keep(made, "video.mp4")
        with attempt.change() as video:
            video.become_playable(info, key, size, self._clock.now())

    def _illustrate(self, attempt: Attempt, media: SandboxedMedia) -> None:
        try:
            picture = media.poster()
            made = media.storyboard()
        except MediaRefused:
            # It plays, and people watch it already: it only has no picture to show.
            picture = made = None
        poster = attempt.keep(picture, "poster.jpg") if picture else None
        storyboard = _kept(attempt, made) if made else None
        with attempt.change() as video:
            video.illustrate(poster, storyboard)

    def _give_up(self, attempt: Attempt) -> None:
        """Every attempt is spent. What is playable stays so; the original stays too."""
        attempt.remove_leftovers()
        with attempt.change(done=True) as video:
            if video.state.can_be_watched:
                video.become_ready()
            else:
                video.fail("processing_crashed")


def _kept(attempt: Attempt, made: MadeStoryboard) -> Storyboard:
    size = sum(sheet.stat().st_size for sheet in made.sheets)
    sheets = tuple(
        attempt.keep(sheet, f"storyboard-{number}.webp")
        for number, sheet in enumerate(made.sheets, 1)
    )
    return Storyboard(
        sheets,
        made.columns,
        made.rows,
        made.width,
        made.height,
        made.count,
        made.interval,
        size,
    )
