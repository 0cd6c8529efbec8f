"""What comments need from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol

from videohub_core.accounts.ports import PublicUser
from videohub_core.comments.entities import Comment
from videohub_core.shared.ids import CommentId, UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.ports import VideosUnitOfWork


class CommentView(NamedTuple):
    """A comment as it is shown; one that was deleted has no author."""

    id: CommentId
    video_id: VideoId
    user: PublicUser | None
    reply_to: CommentId | None
    text: str
    created: datetime
    edited_at: datetime | None
    media_time: float | None
    replies: int
    deleted: bool


class CommentVersion(NamedTuple):
    """What a comment said, until it was edited."""

    text: str
    until: datetime


class CommentSort(Enum):
    """In which order comments are listed."""

    FRESH = "-created"
    OLDEST = "created"


class CommentRepository(Protocol):
    """The comments inside one transaction."""

    def add(self, comment: Comment) -> None:
        """Store a new comment; raise Unauthenticated if its author has left meanwhile."""

    def video_of(self, comment_id: CommentId) -> VideoId | None:
        """Return what a comment is on. Whoever locks both locks the video first."""

    def get(self, comment_id: CommentId) -> Comment | None:
        """Return the comment, locked against other transactions until this one ends."""

    def keep_version(self, comment_id: CommentId, version: CommentVersion) -> None:
        """Remember what a comment said."""

    def forget_versions(self, comment_id: CommentId) -> None: ...

    def remove(self, comment: Comment) -> None: ...

    def remove_of(self, user_id: UserId) -> None:
        """Delete all of a user's comments, or bury those with others' replies; count anew."""


class CommentsUnitOfWork(VideosUnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def comments(self) -> CommentRepository: ...


class CommentReader(Protocol):
    """Reads comments for showing, outside any transaction. Who may see them is not asked."""

    def get(self, comment_id: CommentId) -> CommentView | None: ...

    def listed(
        self,
        video_id: VideoId,
        request: PageRequest,
        *,
        reply_to: CommentId | None = None,
        sort: CommentSort = CommentSort.FRESH,
        reader_id: UserId | None = None,
    ) -> Page[CommentView]:
        """Return the comments on a video, or the replies to one of them.

        What people say whom `reader_id` has blocked is left out.
        """

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[CommentView]:
        """Return all that a user says, freshest first."""

    def versions(
        self, comment_ids: Sequence[CommentId]
    ) -> Mapping[CommentId, Sequence[CommentVersion]]:
        """Return what the comments said before, the latest first."""

    def history(self, comment_id: CommentId, request: PageRequest) -> Page[CommentVersion]:
        """Return what a comment said before, the latest first."""
