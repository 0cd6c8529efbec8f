"""Index some videos anew, their captions included."""

from __future__ import annotations

from collections.abc import Iterable

from videohub_core.jobs.entities import Lease
from videohub_core.search.ports import SearchUnitOfWork, Stemmer
from videohub_core.search.use_cases.documents import document_of, read_captions
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import Captions
from videohub_core.videos.ports import MediaStore

BATCH = 100
"""How many videos a transaction takes: whoever writes at the same time waits for it."""


class Indexing:
    """Puts videos into the index as they are now; what is there is found until then."""

    def __init__(self, uow: SearchUnitOfWork, media: MediaStore, stemmer: Stemmer) -> None:
        self._uow = uow
        self._media = media
        self._stem = stemmer.stem

    def __call__(self, video_ids: Iterable[VideoId], lease: Lease | None = None) -> None:
        """Raise LeaseLost, having changed nothing, if the lease is not held any more."""
        ids = list(video_ids)
        read: dict[tuple[Captions, ...], tuple[str, ...]] = {(): ()}
        while unread := self._put(ids, read, lease):
            for tracks in unread:
                read[tracks] = read_captions(self._media, tracks, self._stem)

    def _put(
        self,
        ids: Iterable[VideoId],
        read: dict[tuple[Captions, ...], tuple[str, ...]],
        lease: Lease | None,
    ) -> set[tuple[Captions, ...]]:
        """Store all, or nothing and return the captions that are to be read first."""
        with self._uow as uow:
            if lease is not None:
                uow.jobs.held(lease)
            found = [video for id_ in ids if (video := uow.videos.get(id_)) is not None]
            listed = [video for video in found if video.is_listed]
            unread = {video.captions for video in listed} - read.keys()
            if unread:
                return unread
            for video in found:
                if video not in listed:
                    uow.search_index.remove(video.id)
            titles = uow.search_index.channel_title
            uow.search_index.put(
                [
                    document_of(
                        video, titles(video.channel_id), read[video.captions], self._stem
                    )
                    for video in listed
                ]
            )
            uow.commit()
        return set()
