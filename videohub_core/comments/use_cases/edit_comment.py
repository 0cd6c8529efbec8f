"""Say something otherwise."""

from __future__ import annotations

from videohub_core.comments.entities import CommentText
from videohub_core.comments.errors import NotYourComment
from videohub_core.comments.events import CommentEdited
from videohub_core.comments.policies import may_edit, visible_comment
from videohub_core.comments.ports import CommentsUnitOfWork, CommentVersion
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import CommentId


class EditComment:
    """Replace the words of one's own comment; those until then are kept."""

    def __init__(self, uow: CommentsUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(
        self, *, actor: Actor, comment_id: CommentId, text: str, seen: str | None = None
    ) -> None:
        """Raise NoSuchComment, NotYourComment or InvalidInput.

        With `seen`, raise CommentChanged if it does not say that any more.
        """
        with self._uow as uow:
            video, comment = visible_comment(uow, actor, comment_id)
            if not may_edit(actor, comment.user_id):
                raise NotYourComment
            said = CommentText.checked(text=text)
            before = comment.edit(said.text, self._clock.now(), seen)
            if before is None:
                return
            assert comment.edited_at is not None
            uow.comments.keep_version(comment_id, CommentVersion(before, comment.edited_at))
            comment.record(CommentEdited(comment_id, video.id, video.owner_id))
            uow.commit()
