"""Find videos by words."""

from __future__ import annotations

from videohub_core.search.entities import VideoQuery
from videohub_core.search.ports import VideoSearch
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.ports import VideoView


class SearchVideos:
    """Return public videos whose title or description has every word, freshest first."""

    def __init__(self, search: VideoSearch) -> None:
        self._search = search

    def __call__(self, *, text: str, page: PageRequest) -> Page[VideoView]:
        """Raise InvalidInput for a text that is empty or too long."""
        return self._search.find(VideoQuery.checked(text), page)
