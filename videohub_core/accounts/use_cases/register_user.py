"""Open a local account."""

from __future__ import annotations

from videohub_core.accounts.entities import User, display_name_error, password_error
from videohub_core.accounts.errors import AlreadySignedIn, EmailTaken
from videohub_core.accounts.ports import AccountsUnitOfWork, EmailSyntax, PasswordHasher
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.idempotency import Created, IdempotencyKey
from videohub_core.shared.ids import Ids, UserId


class RegisterUser:
    """Make a user who signs in with e-mail and password; their channel comes with them."""

    def __init__(
        self,
        uow: AccountsUnitOfWork,
        passwords: PasswordHasher,
        email_syntax: EmailSyntax,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._passwords = passwords
        self._email_syntax = email_syntax
        self._ids = ids
        self._clock = clock

    def __call__(
        self,
        *,
        actor: Actor | None,
        email: str,
        password: str,
        display_name: str,
        once: IdempotencyKey | None = None,
    ) -> Created:
        """Return the new user's id; raise InvalidInput, EmailTaken or KeyReused."""
        if actor is not None and not actor.role.includes(Role.ADMIN):
            raise AlreadySignedIn
        address = self._check(email, password, display_name)
        # Hashing takes tens of milliseconds, so it stays outside the transaction.
        password_hash = self._passwords.hash(password)
        user = User(
            id=UserId(self._ids.new()),
            email=address,
            display_name=display_name.strip(),
            created=self._clock.now(),
            password_hash=password_hash,
        )
        user.registered()
        with self._uow as uow:
            if once is not None and (made := uow.idempotency.done(once)) is not None:
                return Created(made, replayed=True)
            if uow.users.by_email(address) is not None:
                raise EmailTaken
            uow.users.add(user)
            if once is not None:
                uow.idempotency.remember(once, user.id, user.created)
            uow.commit()
        return Created(user.id)

    def _check(self, email: str, password: str, display_name: str) -> str:
        errors = [display_name_error(display_name), password_error(password)]
        address = ""
        try:
            address = self._email_syntax.normalise(email)
        except ValueError as problem:
            errors.append(FieldError("/email", "invalid_email", str(problem)))
        found = [error for error in errors if error is not None]
        if found:
            raise InvalidInput(found)
        return address
