"""Delete a comment."""

from __future__ import annotations

from videohub_core.comments.entities import Comment
from videohub_core.comments.errors import CommentChanged, NotYourComment
from videohub_core.comments.events import CommentDeleted
from videohub_core.comments.policies import may_delete, visible_comment
from videohub_core.comments.ports import CommentsUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import CommentId


class DeleteComment:
    """Delete a comment, its words and what they were before.

    Where replies hang, their place stays; the last reply takes it along.
    """

    def __init__(self, uow: CommentsUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, comment_id: CommentId, seen: str | None = None) -> None:
        """Raise NoSuchComment or NotYourComment; with `seen`, CommentChanged as for an edit."""
        with self._uow as uow:
            video, comment = visible_comment(uow, actor, comment_id)
            author_id = comment.user_id
            if author_id is None or not may_delete(actor, author_id, video.owner_id):
                raise NotYourComment
            if seen is not None and seen != comment.text:
                raise CommentChanged
            about = (comment_id, video.id, video.owner_id)
            comment.record(CommentDeleted(*about, author_id, actor.id))
            video.comments -= 1
            if comment.replies:
                comment.bury()
                uow.comments.forget_versions(comment_id)
            else:
                uow.comments.remove(comment)
                _release(uow, comment)
            uow.commit()


def _release(uow: CommentsUnitOfWork, reply: Comment) -> None:
    """Let what a reply answered know that it is gone."""
    parent = None if reply.reply_to is None else uow.comments.get(reply.reply_to)
    if parent is None:
        return
    parent.replies -= 1
    if parent.deleted and not parent.replies:
        uow.comments.remove(parent)
