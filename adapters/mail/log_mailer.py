"""Mails in the log, for development: the text whole, with its link."""

from __future__ import annotations

import logging

from adapters.mail.writing import LetterWriter
from videohub_core.mail.entities import Message
from videohub_core.mail.errors import MailRefused

log = logging.getLogger(__name__)


class LogMailer:
    """`Mailer` that sends nothing. The log shows secrets, so it is for development only."""

    def __init__(self, writer: LetterWriter) -> None:
        self._writer = writer

    def send(self, message: Message) -> None:
        mail = self._writer.write(message)
        text = mail.get_body(("plain",))
        assert text is not None
        log.info(
            "a mail that is not sent:\nTo: %s\nSubject: %s\n\n%s",
            mail["To"],
            mail["Subject"],
            text.get_content(),
        )


class NoMailer:
    """`Mailer` of a hub that was given no relay."""

    def send(self, message: Message) -> None:
        log.warning(
            "mail %s (%s) is not sent: VIDEOHUB_SMTP_URL is not set",
            message.key,
            message.kind.value,
        )
        raise MailRefused("No relay is set.")
