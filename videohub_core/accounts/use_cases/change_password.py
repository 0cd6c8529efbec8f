"""Choose another password while signed in."""

from __future__ import annotations

from videohub_core.accounts.entities import Session, password_error
from videohub_core.accounts.errors import PasswordNeeded
from videohub_core.accounts.policies import replace_password
from videohub_core.accounts.ports import AccountReader, AccountsUnitOfWork, PasswordHasher
from videohub_core.mail.policies import Outbox
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import InvalidInput


class ChangePassword:
    """Replace the actor's password; every session ends but the one it is done from."""

    def __init__(
        self,
        uow: AccountsUnitOfWork,
        reader: AccountReader,
        passwords: PasswordHasher,
        outbox: Outbox,
    ) -> None:
        self._uow = uow
        self._reader = reader
        self._passwords = passwords
        self._outbox = outbox

    def __call__(
        self,
        *,
        actor: Actor,
        current_password: str,
        new_password: str,
        keep: str | None = None,
        locale: str | None = None,
    ) -> None:
        """`keep` is the token of the session that goes on.

        Raise InvalidInput, or PasswordNeeded if the present one is another.
        """
        error = password_error(new_password, "/new_password")
        if error is not None:
            raise InvalidInput([error])
        present = self._reader.password_hash(actor.id)
        if not self._passwords.verify(present, current_password):
            raise PasswordNeeded
        fresh = self._passwords.hash(new_password)
        with self._uow as uow:
            user = uow.users.get(actor.id)
            if user is None or user.password_hash != present:
                raise PasswordNeeded
            kept = Session.hash(keep) if keep else None
            replace_password(uow, self._outbox, user, fresh, keep=kept, locale=locale)
            uow.commit()
