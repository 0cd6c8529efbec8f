"""Keep what was done."""

from __future__ import annotations

from videohub_core.accounts.events import RoleChanged, UserBanned, UserLeft, UserUnbanned
from videohub_core.moderation.entities import DETAIL_MOST, AuditEntry
from videohub_core.moderation.ports import ModerationUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import AuditId, Ids
from videohub_core.videos.events import VideoHidden, VideoUnhidden

OnUser = UserBanned | UserUnbanned | RoleChanged | UserLeft
OnVideo = VideoHidden | VideoUnhidden
Act = OnUser | OnVideo


class RecordAct:
    """Reaction to acts on others' accounts and videos: the entry is of the same transaction."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def __call__(self, uow: ModerationUnitOfWork, event: Act) -> None:
        action, detail = _described(event)
        kind, subject_id = (
            ("video", event.video_id) if isinstance(event, OnVideo) else ("user", event.user_id)
        )
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
        case VideoHidden(reason=reason):
            return "hide_video", reason or None
        case VideoUnhidden():
            return "unhide_video", None
