"""Which way mails leave."""

from __future__ import annotations

from adapters.mail.log_mailer import LogMailer, NoMailer
from adapters.mail.smtp_mailer import SmtpMailer
from adapters.mail.smtp_relay import SmtpRelay
from adapters.mail.writing import LetterWriter
from videohub_core.mail.ports import Mailer


def open_mailer(
    smtp_url: str | None, sender: str, public_url: str, development: bool
) -> Mailer:
    """Return the mailer of a hub: through its relay, else into the log of development."""
    writer = LetterWriter(public_url, sender)
    if smtp_url is not None:
        return SmtpMailer(SmtpRelay.parse(smtp_url), writer)
    return LogMailer(writer) if development else NoMailer()
