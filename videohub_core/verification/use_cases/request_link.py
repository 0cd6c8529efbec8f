"""Ask for a link by mail."""

from __future__ import annotations

from videohub_core.mail.entities import MailKind
from videohub_core.mail.policies import Outbox
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.verification.ports import VerificationUnitOfWork


class RequestLink:
    """Queue a mail to an address, whoever it belongs to.

    Always the same rows: whether there is an account is found out when the mail is sent, so
    that neither the answer nor its time tells.
    """

    def __init__(
        self,
        uow: VerificationUnitOfWork,
        outbox: Outbox,
        email_syntax: EmailSyntax,
        kind: MailKind,
    ) -> None:
        self._uow = uow
        self._outbox = outbox
        self._email_syntax = email_syntax
        self._kind = kind

    def __call__(self, *, email: str, locale: str | None = None) -> None:
        """Raise InvalidInput for what is no e-mail address."""
        try:
            address = self._email_syntax.normalise(email)
        except ValueError as problem:
            error = FieldError("/email", "invalid_email", str(problem))
            raise InvalidInput([error]) from None
        with self._uow as uow:
            self._outbox.put(uow, self._kind, address, locale=locale)
            uow.commit()
