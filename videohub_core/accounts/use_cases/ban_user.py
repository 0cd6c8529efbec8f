"""Keep somebody out."""

from __future__ import annotations

from datetime import datetime

from videohub_core.accounts.entities import ban_reason_error
from videohub_core.accounts.policies import check_admin_remains, governed_user
from videohub_core.accounts.ports import AccountsUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.ids import UserId


class BanUser:
    """Ban a user: from the commit on no credential of theirs is good for anything.

    Banning twice is banning once; the newest reason and end replace those before.
    """

    def __init__(self, uow: AccountsUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    def __call__(
        self,
        *,
        actor: Actor,
        user_id: UserId,
        reason: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """Raise NoSuchUser, NotAllowed, NotYourself, LastAdmin or InvalidInput."""
        now = self._clock.now()
        with self._uow as uow:
            admins = uow.users.admins()
            user = governed_user(uow, actor, user_id)
            _check(reason, until, now)
            check_admin_remains(admins, user, now)
            user.ban(actor.id, (reason or "").strip() or None, until)
            uow.commit()


def _check(reason: str | None, until: datetime | None, now: datetime) -> None:
    errors = [ban_reason_error(reason or "")]
    if until is not None and until <= now:
        errors.append(FieldError("/until", "in_the_past", "This time is over already."))
    found = [error for error in errors if error is not None]
    if found:
        raise InvalidInput(found)
