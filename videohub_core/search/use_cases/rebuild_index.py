"""Index videos while the hub serves."""

from __future__ import annotations

from collections.abc import Iterator

from videohub_core.jobs.entities import Lease
from videohub_core.search.ports import SearchUnitOfWork
from videohub_core.search.use_cases.indexing import BATCH, Indexing
from videohub_core.shared.ids import VideoId


class RebuildIndex:
    """Index every video anew, batch by batch; what is there is found until it is replaced.

    Safe to interrupt and to repeat, and beside members who change their videos.
    """

    def __init__(self, uow: SearchUnitOfWork, indexing: Indexing) -> None:
        self._uow = uow
        self._indexing = indexing

    def __call__(
        self, *, only_missing: bool = False, lease: Lease | None = None
    ) -> Iterator[int]:
        """Yield how many videos have been looked at, after each batch.

        With `only_missing`, those that search knows nothing of. Raise LeaseLost.
        """
        last: VideoId | None = None
        done = 0
        while True:
            with self._uow as uow:
                batch = uow.search_index.videos(last, BATCH, is_missing=only_missing)
            if not batch:
                return
            self._indexing(batch, lease)
            last = batch[-1]
            done += len(batch)
            yield done


class FillIndex:
    """Job `fill_index`: index what search knows nothing of, as after an upgrade.

    Whoever takes it over goes on where the last one was.
    """

    def __init__(self, uow: SearchUnitOfWork, rebuild: RebuildIndex) -> None:
        self._uow = uow
        self._rebuild = rebuild

    def __call__(self, *, lease: Lease) -> None:
        for _ in self._rebuild(only_missing=True, lease=lease):
            with self._uow as uow:
                uow.jobs.held(lease).count_anew()
                uow.commit()
        with self._uow as uow:
            uow.jobs.remove(uow.jobs.held(lease))
            uow.commit()
