"""Follow the link that proves an e-mail."""

from __future__ import annotations

from videohub_core.accounts.errors import EmailTaken
from videohub_core.shared.clock import Clock
from videohub_core.verification.entities import Purpose
from videohub_core.verification.errors import LinkNotValid
from videohub_core.verification.policies import opened
from videohub_core.verification.ports import VerificationUnitOfWork


class ConfirmEmail:
    """Take an address for its user's own: the present one, or the one that replaces it.

    A link of an account works once, and so do all others that were mailed for the same.
    """

    def __init__(self, uow: VerificationUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(self, *, token: str) -> None:
        """Raise LinkNotValid, also if the address has got another account meanwhile."""
        with self._uow as uow:
            link, user = opened(uow, token, Purpose.VERIFY_EMAIL, self._clock.now())
            if link.email == user.email:
                user.email_verified = True
            else:
                try:
                    uow.users.change_email(user, link.email)
                except EmailTaken:
                    raise LinkNotValid from None
            uow.links.remove_of(user.id, Purpose.VERIFY_EMAIL)
            uow.commit()
