"""Keep what was done."""

from __future__ import annotations

from videohub_core.accounts.events import RoleChanged, UserBanned, UserLeft, UserUnbanned
from videohub_core.comments.events import CommentDeleted
from videohub_core.moderation.entities import DETAIL_MOST, AuditEntry
from videohub_core.moderation.ports import ModerationUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import AuditId, Ids

Act = UserBanned | UserUnbanned | RoleChanged | UserLeft | CommentDeleted


class RecordAct:
    """Reaction to what is done to others: the entry is of the transaction that acts."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: ModerationUnitOfWork, event: Act) -> None:
        if isinstance(event, CommentDeleted) and not event.is_moderation:
            return
        action, detail = _described(event)
        uow.audit.add(
            AuditEntry(
                id=AuditId(self._ids.new()),
                at=self._clock.now(),
                actor_id=event.by,
                action=action,
                subject_kind="user",
                subject_id=event.author_id
                if isinstance(event, CommentDeleted)
                else event.user_id,
                detail=detail[:DETAIL_MOST] if detail else None,
            )
        )


def _described(event: Act) -> tuple[str, str | None]:
    match event:
        case UserBanned(reason=reason, until=until):
            end = f"until {until.isoformat()}" if until else None
            return "ban", ": ".join(part for part in (end, reason) if part) or None
        case UserUnbanned():
            return "unban", None
        case RoleChanged(role=role):
            return "change_role", role.value
        case UserLeft():
            return "delete_account", None
        case CommentDeleted(comment_id=comment_id, video_id=video_id):
            return "delete_comment", f"{comment_id}, /watch/{video_id}"
