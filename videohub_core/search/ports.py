"""What search needs from outside."""

from __future__ import annotations

from typing import Protocol

from videohub_core.search.entities import VideoQuery
from videohub_core.shared.ids import VideoId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.shared.unit_of_work import UnitOfWork
from videohub_core.videos.ports import VideoRepository, VideoView


class SearchIndex(Protocol):
    """What search knows of videos, inside one transaction."""

    def put(self, video_id: VideoId, words: list[str]) -> None:
        """Replace the words of a video. They go with the video when it is deleted."""


class SearchUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def search_index(self) -> SearchIndex: ...

    @property
    def videos(self) -> VideoRepository: ...


class VideoSearch(Protocol):
    """Finds videos that everyone may watch."""

    def find(self, query: VideoQuery, page: PageRequest) -> Page[VideoView]:
        """Return public, watchable videos with all the words, freshest first.

        A video is found, and not found any more, from the commit of its change on. A
        query without words finds nothing.
        """
