"""List what is said about a video."""

from __future__ import annotations

from videohub_core.comments.ports import CommentReader, CommentSort, CommentView
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import CommentId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.errors import NoSuchVideo
from videohub_core.videos.policies import may_see
from videohub_core.videos.ports import VideoView


class ListComments:
    """Return a page of the comments on a video, or of the replies to one of them.

    The actor sees nothing by whom they have blocked.
    """

    def __init__(self, reader: CommentReader) -> None:
        self._reader = reader

    def __call__(
        self,
        *,
        actor: Actor | None,
        video: VideoView,
        page: PageRequest,
        reply_to: CommentId | None = None,
        sort: CommentSort = CommentSort.FRESH,
    ) -> Page[CommentView]:
        """Raise NoSuchVideo if the actor may not see the video."""
        if not may_see(actor, video):
            raise NoSuchVideo
        return self._reader.listed(
            video.id,
            page,
            reply_to=reply_to,
            sort=sort,
            reader_id=None if actor is None else actor.id,
        )
