"""Keep in step with a video what search knows of it."""

from __future__ import annotations

from videohub_core.jobs.entities import Job, JobKind
from videohub_core.search.ports import SearchUnitOfWork, Stemmer
from videohub_core.search.use_cases.documents import document_of
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId
from videohub_core.videos.events import VideoEvent


class IndexVideo:
    """Reaction to what makes a video known, or unknown, or changes its texts.

    Captions that were not read before are read by a job.
    """

    def __init__(self, stemmer: Stemmer, ids: Ids, clock: Clock) -> None:
        self._stem = stemmer.stem
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: SearchUnitOfWork, event: VideoEvent) -> None:
        video = uow.videos.get(event.video_id)
        if video is None:
            return
        if not video.is_listed:
            uow.search_index.remove(video.id)
            return
        captions = uow.search_index.captions_of(video.id)
        title = uow.search_index.channel_title(video.channel_id)
        uow.search_index.put([document_of(video, title, captions or (), self._stem)])
        if captions is None and video.captions:
            self._want_captions(uow, video.id)

    def _want_captions(self, uow: SearchUnitOfWork, video_id: str) -> None:
        now = self._clock.now()
        uow.jobs.add(
            Job(
                id=JobId(self._ids.new()),
                kind=JobKind.INDEX_CAPTIONS,
                subject=video_id,
                created=now,
                next_at=now,
            )
        )
