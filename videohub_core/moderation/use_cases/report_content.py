"""Say that something is wrong with something."""

from __future__ import annotations

from videohub_core.accounts.errors import NoSuchUser
from videohub_core.accounts.ports import AccountReader
from videohub_core.comments.errors import NoSuchComment
from videohub_core.comments.ports import CommentReader
from videohub_core.moderation.entities import REPORT_MOST, Report, ReportKind, ReportReason
from videohub_core.moderation.ports import ModerationUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.ids import CommentId, Ids, ReportId, UserId, VideoId
from videohub_core.shared.text import text_error
from videohub_core.videos.policies import visible_video
from videohub_core.videos.ports import VideoReader


class ReportContent:
    """Put a report before the moderators; reported again, it says what was said last."""

    def __init__(
        self,
        uow: ModerationUnitOfWork,
        videos: VideoReader,
        comments: CommentReader,
        accounts: AccountReader,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._videos = videos
        self._comments = comments
        self._accounts = accounts
        self._ids = ids
        self._clock = clock

    def __call__(
        self,
        *,
        actor: Actor,
        kind: ReportKind,
        subject_id: str,
        reason: ReportReason,
        text: str = "",
    ) -> None:
        """Raise NoSuchVideo, NoSuchComment or NoSuchUser for what the actor cannot see.

        Raise InvalidInput for a text that is wrong.
        """
        self._check_visible(actor, kind, subject_id)
        text = text.strip()
        error = text_error("/text", text, most=REPORT_MOST)
        if error is not None:
            raise InvalidInput([error])
        now = self._clock.now()
        with self._uow as uow:
            report = uow.reports.of(kind, subject_id, actor.id)
            if report is not None:
                report.renew(reason, text, now)
            else:
                uow.reports.add(
                    Report(
                        id=ReportId(self._ids.new()),
                        kind=kind,
                        subject_id=subject_id,
                        reporter_id=actor.id,
                        reason=reason,
                        text=text,
                        created=now,
                    )
                )
            uow.commit()

    def _check_visible(self, actor: Actor, kind: ReportKind, subject_id: str) -> None:
        match kind:
            case ReportKind.VIDEO:
                visible_video(self._videos, actor, VideoId(subject_id))
            case ReportKind.COMMENT:
                comment = self._comments.get(CommentId(subject_id))
                if comment is None or comment.deleted:
                    raise NoSuchComment
                visible_video(self._videos, actor, comment.video_id)
            case ReportKind.USER:
                if self._accounts.user(UserId(subject_id)) is None:
                    raise NoSuchUser
