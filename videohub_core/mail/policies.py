"""What has to hold whoever writes a mail."""

from __future__ import annotations

from videohub_core.jobs.entities import Job, JobKind
from videohub_core.mail.entities import Mail, MailKind
from videohub_core.mail.ports import MailUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, JobId, UserId


class Outbox:
    """Puts a mail, and the job that sends it, into the transaction that asks for it."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock

    def put(
        self,
        uow: MailUnitOfWork,
        kind: MailKind,
        address: str | None,
        *,
        user_id: UserId | None = None,
        locale: str | None = None,
    ) -> None:
        """Let the mail leave after the commit, surely, and not without it.

        Without an address, nobody is written to: some who come from a provider have none.
        """
        if address is None:
            return
        now = self._clock.now()
        id_ = JobId(self._ids.new())
        uow.mails.add(
            Mail(
                id=id_,
                kind=kind,
                address=address,
                user_id=user_id,
                locale=locale,
                created=now,
            )
        )
        uow.jobs.add(Job(id=id_, kind=JobKind.SEND_MAIL, subject=id_, created=now, next_at=now))
