"""Index a video whose captions are not what they were."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.search.ports import SearchUnitOfWork
from videohub_core.search.use_cases.indexing import Indexing
from videohub_core.shared.ids import VideoId


class IndexCaptions:
    """Job `index_captions`: safe to repeat."""

    def __init__(self, uow: SearchUnitOfWork, indexing: Indexing) -> None:
        self._uow = uow
        self._indexing = indexing

    def __call__(self, *, lease: Lease) -> None:
        self._indexing([VideoId(lease.subject)], lease)
        with self._uow as uow:
            uow.jobs.remove(uow.jobs.held(lease))
            uow.commit()
