"""Index a channel whose title is not what it was."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.search.ports import SearchUnitOfWork
from videohub_core.search.use_cases.indexing import BATCH, Indexing
from videohub_core.shared.ids import ChannelId, VideoId


class IndexChannel:
    """Job `index_channel`: its videos are found by the new title, one batch after the other.

    Safe to repeat.
    """

    def __init__(self, uow: SearchUnitOfWork, indexing: Indexing) -> None:
        self._uow = uow
        self._indexing = indexing

    def __call__(self, *, lease: Lease) -> None:
        channel_id = ChannelId(lease.subject)
        last: VideoId | None = None
        while True:
            with self._uow as uow:
                batch = uow.search_index.videos_of(channel_id, last, BATCH)
            if not batch:
                break
            self._indexing(batch, lease)
            last = batch[-1]
        with self._uow as uow:
            uow.jobs.remove(uow.jobs.held(lease))
            uow.commit()
