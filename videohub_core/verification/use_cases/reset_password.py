"""Follow the link to a new password."""

from __future__ import annotations

from videohub_core.accounts.entities import password_error
from videohub_core.accounts.policies import replace_password
from videohub_core.accounts.ports import PasswordHasher
from videohub_core.mail.policies import Outbox
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import InvalidInput
from videohub_core.verification.entities import Purpose
from videohub_core.verification.policies import opened
from videohub_core.verification.ports import VerificationUnitOfWork


class ResetPassword:
    """Give the link's user another password; sessions and tokens of every kind end.

    The e-mail is proved by that as well. Before it was, anybody could have had the account.
    """

    def __init__(
        self,
        uow: VerificationUnitOfWork,
        passwords: PasswordHasher,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._passwords = passwords
        self._outbox = outbox
        self._clock = clock

    def __call__(self, *, token: str, password: str, locale: str | None = None) -> None:
        """Raise InvalidInput, which leaves the link as it is, or LinkNotValid."""
        error = password_error(password)
        if error is not None:
            raise InvalidInput([error])
        with self._uow as uow:
            # Nobody makes the hub hash passwords with links that open nothing.
            opened(uow, token, Purpose.RESET_PASSWORD, self._clock.now())
        fresh = self._passwords.hash(password)
        with self._uow as uow:
            _, user = opened(uow, token, Purpose.RESET_PASSWORD, self._clock.now())
            user.recover()
            replace_password(uow, self._outbox, user, fresh, locale=locale)
            for purpose in Purpose:
                uow.links.remove_of(user.id, purpose)
            uow.commit()
