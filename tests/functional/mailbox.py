"""The worker's part in tests of the application: what waits is sent, into a box to look in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from entrypoints.container import Container
from entrypoints.worker.tasks import JobRunner
from tests.fakes.mails import FakeMailer
from tests.functional.browser import PASSWORD, Browser
from videohub_core.jobs.entities import JobKind
from videohub_core.mail.entities import MailKind, Message


class Mailbox:
    """Every mail of a container."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._mailer = FakeMailer()
        container.mailer.override(self._mailer)

    def take(self) -> list[Message]:
        """Let the worker send what waits, and take it out."""
        due = self._container.list_due_jobs()(kind=JobKind.SEND_MAIL, limit=100)
        for job_id in due:
            JobRunner(self._container, "worker")(job_id)
        sent, self._mailer.sent = self._mailer.sent, []
        return sent

    def kinds(self) -> list[MailKind]:
        return [mail.kind for mail in self.take()]

    def token(self) -> str:
        """Return the secret of the only mail that waits."""
        (mail,) = self.take()
        return mail.values["token"]


def configure(container: Container, **settings: Any) -> None:
    """Run the application with other settings from here on."""
    container.settings.override(replace(container.settings(), **settings))


def registered(browser: Browser, name: str, **more: Any) -> Any:
    """Register where e-mails are verified."""
    account = {"email": f"{name}@example.test", "password": PASSWORD, "display_name": name}
    return browser.send("POST", "/api/v1/users", {**account, **more}, status=202)
