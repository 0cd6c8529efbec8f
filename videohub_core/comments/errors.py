"""What comments refuse."""

from __future__ import annotations

from videohub_core.shared.errors import NotAllowed, NotFound, PreconditionFailed


class NoSuchComment(NotFound):
    """There is no comment with this id, or none that the actor may know of."""

    code = "no_such_comment"
    title = "There is no such comment."


class NotYourComment(NotAllowed):
    """The comment is visible, and somebody else's."""

    code = "not_your_comment"
    title = "This is somebody else's comment."


class CommentsOff(NotAllowed):
    """The video's owner wants no comments."""

    code = "comments_off"
    title = "Comments on this video are turned off."


class CommentChanged(PreconditionFailed):
    """The comment was edited between the reading and the writing."""

    code = "comment_changed"
    title = "The comment was changed meanwhile. Read it again before you change it."
