"""Keep what was done."""

from __future__ import annotations

from videohub_core.accounts.events import RoleChanged, UserBanned, UserLeft, UserUnbanned
from videohub_core.comments.events import CommentDeleted
from videohub_core.moderation.entities import DETAIL_MOST, AuditEntry
from videohub_core.moderation.ports import ModerationUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import AuditId, Ids
from videohub_core.videos.events import VideoHidden, VideoUnhidden

OnUser = UserBanned | UserUnbanned | RoleChanged | UserLeft
OnVideo = VideoHidden | VideoUnhidden
Act = OnUser | OnVideo | CommentDeleted

_SAY_IT_ALL: dict[type[Act], str] = {
    UserUnbanned: "unban",
    UserLeft: "delete_account",
    VideoUnhidden: "unhide_video",
}


class RecordAct:
    """Reaction to what is done to others: the entry is of the transaction that acts."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: ModerationUnitOfWork, event: Act) -> None:
        if isinstance(event, CommentDeleted) and not event.is_moderation:
            return
        action, detail = _described(event)
        kind, subject_id = _subject(event)
        uow.audit.add(
            AuditEntry(
                id=AuditId(self._ids.new()),
                at=self._clock.now(),
                actor_id=event.by,
                action=action,
                subject_kind=kind,
                subject_id=subject_id,
                detail=detail[:DETAIL_MOST] if detail else None,
            )
        )


def _subject(event: Act) -> tuple[str, str]:
    match event:
        case VideoHidden() | VideoUnhidden():
            return "video", event.video_id
        case CommentDeleted():
            # Of the comment there is nothing left to look at.
            return "user", event.author_id
        case _:
            return "user", event.user_id


def _described(event: Act) -> tuple[str, str | None]:
    match event:
        case UserBanned(reason=reason, until=until):
            end = f"until {until.isoformat()}" if until else None
            return "ban", ": ".join(part for part in (end, reason) if part) or None
        case RoleChanged(role=role):
            return "change_role", role.value
        case CommentDeleted(comment_id=comment_id, video_id=video_id):
            return "delete_comment", f"{comment_id}, /watch/{video_id}"
        case VideoHidden(reason=reason):
            return "hide_video", reason or None
        case _:
            return _SAY_IT_ALL[type(event)], None
