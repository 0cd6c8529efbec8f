"""Who may do what with comments: the one place that decides it."""

from __future__ import annotations

from videohub_core.comments.entities import Comment
from videohub_core.comments.errors import CommentsOff, NoSuchComment
from videohub_core.comments.ports import CommentsUnitOfWork, CommentView
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.ids import CommentId, UserId
from videohub_core.videos.entities import Video
from videohub_core.videos.policies import may_see
from videohub_core.videos.ports import VideoView


def may_edit(actor: Actor | None, author_id: UserId | None) -> bool:
    """Tell whether the actor may change a comment's words: nobody else ever does."""
    return actor is not None and actor.id == author_id


def may_delete(actor: Actor | None, author_id: UserId | None, owner_id: UserId) -> bool:
    """Tell whether the actor may delete a comment on a video of this owner."""
    if actor is None or author_id is None:
        return False
    return actor.id in (author_id, owner_id) or actor.role.includes(Role.MODERATOR)


def may_read_history(actor: Actor, author_id: UserId | None) -> bool:
    """Tell whether the actor may know what a comment said before."""
    return actor.id == author_id or actor.role.includes(Role.MODERATOR)


def author_of(comment: CommentView) -> UserId | None:
    return None if comment.user is None else comment.user.id


def check_open(video: Video | VideoView) -> None:
    """Raise CommentsOff if nobody may comment on the video."""
    if not video.comments_allowed:
        raise CommentsOff


def visible_comment(
    uow: CommentsUnitOfWork, actor: Actor, comment_id: CommentId
) -> tuple[Video, Comment]:
    """Return a comment for a change, and its video, both locked; or raise NoSuchComment."""
    video_id = uow.comments.video_of(comment_id)
    video = None if video_id is None else uow.videos.get(video_id)
    if video is None or not may_see(actor, video):
        raise NoSuchComment
    comment = uow.comments.get(comment_id)
    if comment is None or comment.deleted:
        raise NoSuchComment
    return video, comment
