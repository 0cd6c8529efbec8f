"""Say something about a video."""

from __future__ import annotations

from videohub_core.comments.entities import Comment, CommentText
from videohub_core.comments.events import CommentAdded
from videohub_core.comments.policies import check_open
from videohub_core.comments.ports import CommentsUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.idempotency import Created, IdempotencyKey
from videohub_core.shared.ids import CommentId, Ids, VideoId
from videohub_core.videos.errors import NoSuchVideo
from videohub_core.videos.policies import may_see


class AddComment:
    """Add a comment, or a reply to one; both counters change along."""

    def __init__(self, uow: CommentsUnitOfWork, ids: Ids, clock: Clock) -> None:
        self._uow = uow
        self._ids = ids
        self._clock = clock

    def __call__(
        self,
        *,
        actor: Actor,
        video_id: VideoId,
        text: str,
        media_time: float | None = None,
        reply_to: CommentId | None = None,
        once: IdempotencyKey | None = None,
    ) -> Created:
        """Return the new comment's id.

        Raise NoSuchVideo, CommentsOff or InvalidInput; so is a reply to a reply, or to what
        is no comment on this video any more. Raise KeyReused for a key of something else.
        """
        with self._uow as uow:
            video = uow.videos.get(video_id)
            if video is None or not may_see(actor, video):
                raise NoSuchVideo
            if once is not None and (made := uow.idempotency.done(once)) is not None:
                return Created(made, replayed=True)
            check_open(video)
            said = CommentText.checked(
                text=text, media_time=media_time, duration=video.duration
            )
            if reply_to is not None:
                _answered(uow, video_id, reply_to).replies += 1
            now = self._clock.now()
            comment = Comment(
                id=CommentId(self._ids.new()),
                video_id=video_id,
                user_id=actor.id,
                reply_to=reply_to,
                thread=reply_to or video_id,
                text=said.text,
                created=now,
                media_time=said.media_time,
            )
            comment.record(CommentAdded(comment.id, video_id, video.owner_id))
            video.comments += 1
            uow.comments.add(comment)
            if once is not None:
                uow.idempotency.remember(once, comment.id, now)
            uow.commit()
        return Created(comment.id)


def _answered(uow: CommentsUnitOfWork, video_id: VideoId, reply_to: CommentId) -> Comment:
    """Return the comment that is replied to, locked; raise InvalidInput."""
    parent = uow.comments.get(reply_to)
    if parent is None or parent.video_id != video_id or parent.deleted:
        code, detail = "no_such_comment", "There is no such comment on this video."
    elif parent.reply_to is not None:
        code, detail = "reply_to_reply", "This is a reply itself: answer what it replies to."
    else:
        return parent
    raise InvalidInput([FieldError("/reply_to", code, detail)])
