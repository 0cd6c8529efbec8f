"""Mails through a relay (RFC 5321)."""

from __future__ import annotations

import logging
import re
import smtplib
import ssl

from adapters.mail.smtp_relay import SmtpRelay
from adapters.mail.writing import LetterWriter
from videohub_core.mail.entities import Message
from videohub_core.mail.errors import MailDeferred, MailRefused

log = logging.getLogger(__name__)

_PERMANENT = range(500, 600)
# RFC 3463: what a relay says after its code; the rest may repeat the address.
_ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")


class SmtpMailer:
    """`Mailer` through an `SmtpRelay`.

    A refusal of the mail or of its recipient is for good, as the relay says by a code from
    500 on. Whatever is wrong with the way there is not: the operator can mend it.
    """

    def __init__(self, relay: SmtpRelay, writer: LetterWriter) -> None:
        self._relay = relay
        self._writer = writer

    def send(self, message: Message) -> None:
        mail = self._writer.write(message)
        what = f"mail {message.key} ({message.kind.value})"
        try:
            with self._relay.connected() as client:
                client.send_message(mail)
        except (smtplib.SMTPException, OSError) as error:
            failed = _as_failure(error)
        else:
            log.info("%s was taken by the relay", what)
            return
        log.warning("%s was not taken: %s", what, failed)
        # Not chained: what the relay said, and to whom, is nobody's to read in the log.
        raise failed


def _as_failure(error: Exception) -> MailDeferred | MailRefused:
    match error:
        case smtplib.SMTPRecipientsRefused():
            ((code, said),) = error.recipients.values()
            return _by_code(code, said)
        case smtplib.SMTPDataError():
            return _by_code(error.smtp_code, error.smtp_error)
        case smtplib.SMTPNotSupportedError() if "SMTPUTF8" in str(error):
            failed: MailDeferred | MailRefused = MailRefused(
                "The relay takes no address with letters beyond ASCII."
            )
        case smtplib.SMTPResponseException():
            # Greeting, STARTTLS, AUTH and MAIL FROM are about us, not about the mail.
            failed = MailDeferred(
                f"The relay answered {_words(error.smtp_code, error.smtp_error)}."
            )
        case ssl.SSLCertVerificationError():
            failed = MailDeferred(f"Its certificate is not right: {error.verify_message}.")
        case _:
            failed = MailDeferred(f"The relay cannot be reached: {type(error).__name__}.")
    return failed


def _by_code(code: int, said: bytes | str) -> MailDeferred | MailRefused:
    kind = MailRefused if code in _PERMANENT else MailDeferred
    return kind(f"The relay answered {_words(code, said)}.")


def _words(code: int, said: bytes | str) -> str:
    text = said if isinstance(said, bytes) else said.encode("ascii", "replace")
    found = _ENHANCED.match(text)
    return f"{code} {found[1].decode()}" if found else str(code)
