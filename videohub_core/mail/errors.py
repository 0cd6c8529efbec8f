"""Why a mail does not leave."""

from __future__ import annotations

from videohub_core.shared.errors import DomainError, Unavailable


class MailDeferred(Unavailable):
    """Not now: the relay is away, or asks for another try later."""

    code = "mail_deferred"
    title = "The mail could not be sent yet. It is tried again."


class MailRefused(DomainError):
    """Never: the relay will not take this mail, however often it is tried."""

    code = "mail_refused"
    title = "The mail cannot be sent."
