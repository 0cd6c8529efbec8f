"""What mails need from outside."""

from __future__ import annotations

from typing import Protocol

from videohub_core.jobs.ports import JobsUnitOfWork
from videohub_core.mail.entities import Mail, Message
from videohub_core.shared.ids import JobId


class MailRepository(Protocol):
    """The waiting mails inside one transaction."""

    def add(self, mail: Mail) -> None: ...

    def get(self, mail_id: JobId) -> Mail | None: ...

    def remove(self, mail: Mail) -> None: ...


class MailUnitOfWork(JobsUnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def mails(self) -> MailRepository: ...


class Mailer(Protocol):
    """Puts messages into words and hands them over."""

    def send(self, message: Message) -> None:
        """Return when the message is somebody else's to deliver.

        Raise MailDeferred if another try may help, MailRefused if none will. No line of the
        log and no error names the address or a secret.
        """
