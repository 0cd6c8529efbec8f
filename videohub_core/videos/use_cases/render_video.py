"""Make a video's other qualities, for adaptive playback."""

from __future__ import annotations

import math
from collections.abc import Sequence

from videohub_core.jobs.entities import Lease
from videohub_core.shared.clock import Clock
from videohub_core.videos.entities import MediaKey, Rendition, Video
from videohub_core.videos.errors import MediaRefused, NoSuchVideo
from videohub_core.videos.ports import (
    MadeRendition,
    MediaSandbox,
    MediaStore,
    PlayableMedia,
    Rung,
    VideosUnitOfWork,
)
from videohub_core.videos.use_cases.attempt import Attempt
from videohub_core.videos.use_cases.ladder import batches, ladder_of
from videohub_core.videos.use_cases.playlists import SOUND, file_name, media_playlist

_SAVES_NOTHING = 0.95
"""A quality that takes more than this share of the next better one is left out."""
_LACK = "renditions_failed"


class RenderVideo:
    """Job `render_video`: each quality is offered as soon as it is complete.

    What an earlier attempt completed is not made again.
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
            lack = _LACK if lease.exhausted else self._render(attempt)
            attempt.remove_leftovers()
            with attempt.change(done=True) as video:
                video.become_ready(lack)
        except NoSuchVideo:
            attempt.clear_away()

    def _render(self, attempt: Attempt) -> str | None:
        """Return why a quality is missing, None if there are all."""
        with attempt.change() as video:
            video.start_rendering()
        playable = video.video_file
        missing = [rung for rung in ladder_of(video) if rung.name not in _names(video)]
        if playable is None or not missing:
            return None
        progress = _Progress(attempt, self._clock)
        opened = self._sandbox.open_playable(playable, attempt.lease.job_id, progress.watch)
        try:
            with opened as media:
                self._make(attempt, video, media, missing, progress)
        except MediaRefused:
            # It plays as it is, and goes on doing so.
            return _LACK
        return None

    def _make(
        self,
        attempt: Attempt,
        video: Video,
        media: PlayableMedia,
        missing: Sequence[Rung],
        progress: _Progress,
    ) -> None:
        best = ladder_of(video)[0]
        if best in missing or SOUND not in _names(video):
            copied = media.copy(best)
            fresh = [one for one in copied if one.name not in _names(video)]
            video = self._offer(attempt, video, fresh)
            missing = [rung for rung in missing if rung.name not in {c.name for c in copied}]
        turns = batches(missing, video.duration or 0)
        progress.begin([sum(rung.width * rung.height for rung in turn) for turn in turns])
        for turn in turns:
            video = self._offer(attempt, video, media.render(turn))
            progress.next()

    def _offer(self, attempt: Attempt, video: Video, made: Sequence[MadeRendition]) -> Video:
        """Keep what was made, but for what would save nothing, and name it."""
        kept = [_kept(attempt, one) for one in _worth_keeping(made, video.renditions)]
        with attempt.change() as changed:
            changed.add_renditions(kept)
        return changed


class _Progress:
    """How much of all turns is done, weighed by their pixels, and how long it may take."""

    def __init__(self, attempt: Attempt, clock: Clock) -> None:
        self._attempt = attempt
        self._clock = clock
        self._began = clock.now()
        self._weights: Sequence[int] = []
        self._turn = 0

    def begin(self, weights: Sequence[int]) -> None:
        self._began = self._clock.now()
        self._weights = weights

    def next(self) -> None:
        self._turn += 1

    def watch(self, part: float | None) -> None:
        """Take how much of this turn is done."""
        total = sum(self._weights)
        if part is None or not total:
            self._attempt.report(None)
            return
        done = sum(self._weights[: self._turn]) + part * self._weights[self._turn]
        share = min(done / total, 1.0)
        took = (self._clock.now() - self._began).total_seconds()
        left = took * (1 - share) / share if share else None
        self._attempt.report(share, left)


def _names(video: Video) -> set[str]:
    return {rendition.name for rendition in video.renditions}


def _worth_keeping(
    made: Sequence[MadeRendition], known: Sequence[Rendition]
) -> list[MadeRendition]:
    rates = {one.width * one.height: one.average_bandwidth for one in known}
    kept: list[MadeRendition] = []
    for one in made:
        pixels = one.width * one.height
        better = min((rates[size] for size in rates if size > pixels), default=math.inf)
        if one.name == SOUND or one.average_bandwidth < _SAVES_NOTHING * better:
            kept.append(one)
            rates[pixels] = one.average_bandwidth
    return kept


def _kept(attempt: Attempt, made: MadeRendition) -> Rendition:
    size = made.file.stat().st_size
    file = attempt.keep(made.file, f"{made.name}.mp4")
    return Rendition(
        name=made.name,
        file=file,
        playlist=_keep_playlist(attempt, made, file),
        size=size,
        bandwidth=made.bandwidth,
        average_bandwidth=made.average_bandwidth,
        codecs=made.codecs,
        width=made.width,
        height=made.height,
    )


def _keep_playlist(attempt: Attempt, made: MadeRendition, file: MediaKey) -> MediaKey:
    written = made.file.with_suffix(".m3u8")
    written.write_text(media_playlist(made.segments, file_name(file)), encoding="ascii")
    return attempt.keep(written, f"{made.name}.m3u8")
