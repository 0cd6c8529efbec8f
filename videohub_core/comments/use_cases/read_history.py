"""See what a comment said before."""

from __future__ import annotations

from videohub_core.comments.policies import author_of, may_read_history
from videohub_core.comments.ports import CommentReader, CommentVersion, CommentView
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.paging import Page, PageRequest


class ReadHistory:
    """Return earlier words of a comment, the latest first; for its author and moderators."""

    def __init__(self, reader: CommentReader) -> None:
        self._reader = reader

    def __call__(
        self, *, actor: Actor, comment: CommentView, page: PageRequest
    ) -> Page[CommentVersion]:
        """Raise NotAllowed."""
        if not may_read_history(actor, author_of(comment)):
            raise NotAllowed
        return self._reader.history(comment.id, page)
