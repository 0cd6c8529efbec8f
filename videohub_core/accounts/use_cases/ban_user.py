"""Keep somebody out."""

from __future__ import annotations

from datetime import datetime

from videohub_core.accounts.entities import ban_reason_error
from videohub_core.accounts.errors import NoSuchUser
from videohub_core.accounts.policies import user_that_may_go
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.errors import FieldError, InvalidInput


class BanUser:
    """Ban the user with this e-mail. For whoever runs the hub: it asks no actor.

    From the commit on no credential of theirs is good for anything. Banning twice is
    banning once; the newest reason and end replace those before.
    """

    def __init__(
        self, uow: AccountsUnitOfWork, email_syntax: EmailSyntax, clock: Clock
    ) -> None:
        self._uow = uow
        self._email_syntax = email_syntax
        self._clock = clock

    def __call__(
        self, *, email: str, reason: str | None = None, until: datetime | None = None
    ) -> None:
        """Raise NoSuchUser, LastAdmin, or InvalidInput for an end that is over."""
        try:
            address = self._email_syntax.normalise(email)
        except ValueError:
            raise NoSuchUser from None
        now = self._clock.now()
        _check(reason, until, now)
        with self._uow as uow:
            user = user_that_may_go(uow, address, now)
            if user is None:
                raise NoSuchUser
            user.ban((reason or "").strip() or None, until)
            uow.commit()


def _check(reason: str | None, until: datetime | None, now: datetime) -> None:
    errors = [ban_reason_error(reason or "")]
    if until is not None and until <= now:
        errors.append(FieldError("/until", "in_the_past", "This time is over already."))
    found = [error for error in errors if error is not None]
    if found:
        raise InvalidInput(found)
