"""List what everyone may watch."""

from __future__ import annotations

from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.entities import tag_error
from videohub_core.videos.ports import (
    EVERYTHING,
    VideoFilter,
    VideoReader,
    VideoSort,
    VideoView,
)


class ListVideos:
    """Return a page of public, watchable videos."""

    def __init__(self, reader: VideoReader) -> None:
        self._reader = reader

    def __call__(
        self,
        *,
        page: PageRequest,
        sort: VideoSort = VideoSort.FRESH,
        only: VideoFilter = EVERYTHING,
    ) -> Page[VideoView]:
        error = None if only.tag is None else tag_error("/tag", only.tag)
        if error is not None:
            raise InvalidInput([error])
        return self._reader.listed(page, sort=sort, only=only)
