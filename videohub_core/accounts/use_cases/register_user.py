"""Open a local account."""

from __future__ import annotations

from datetime import datetime

from videohub_core.accounts.entities import User, display_name_error, password_error
from videohub_core.accounts.errors import AlreadySignedIn, EmailTaken
from videohub_core.accounts.ports import AccountsUnitOfWork, PasswordHasher
from videohub_core.invitations.entities import Invitation, Registration
from videohub_core.invitations.errors import InvitationNotValid
from videohub_core.mail.entities import MailKind
from videohub_core.mail.policies import Outbox
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.idempotency import Created, IdempotencyKey
from videohub_core.shared.ids import Ids, UserId, hash_of


class RegisterUser:
    """Make a user who signs in with e-mail and password; their channel comes with them.

    With `verification`, strangers are told nothing: what came of it goes by mail, so that
    nobody learns here which addresses have an account.
    """

    def __init__(
        self,
        uow: AccountsUnitOfWork,
        passwords: PasswordHasher,
        email_syntax: EmailSyntax,
        outbox: Outbox,
        ids: Ids,
        clock: Clock,
        *,
        registration: Registration,
        verification: bool,
    ) -> None:
        self._uow = uow
        self._passwords = passwords
        self._email_syntax = email_syntax
        self._outbox = outbox
        self._ids = ids
        self._clock = clock
        self._registration = registration
        self._verification = verification

    def __call__(
        self,
        *,
        actor: Actor | None,
        email: str,
        password: str,
        display_name: str,
        invitation: str | None = None,
        locale: str | None = None,
        once: IdempotencyKey | None = None,
    ) -> Created | None:
        """Return the new user's id, None if the answer goes by mail.

        Raise InvalidInput, EmailTaken, AlreadySignedIn, RegistrationClosed,
        InvitationNeeded, InvitationNotValid or KeyReused.
        """
        self.check_allowed(actor, invited=invitation is not None)
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
        by_mail = self._verification and actor is None
        try:
            made = self._register(user, address, invitation, locale, once, by_mail=by_mail)
        except EmailTaken:
            if not by_mail:
                raise
            # Somebody registered it in this very moment, so that now it is found.
            made = self._register(user, address, invitation, locale, once, by_mail=by_mail)
        return None if by_mail else made

    def check_allowed(self, actor: Actor | None, *, invited: bool) -> None:
        """Raise AlreadySignedIn, RegistrationClosed or InvitationNeeded.

        What an invitation is worth is found out when it is used.
        """
        if actor is None:
            self._registration.check(invited=invited)
        elif not actor.role.includes(Role.ADMIN):
            raise AlreadySignedIn

    def _register(
        self,
        user: User,
        address: str,
        invitation: str | None,
        locale: str | None,
        once: IdempotencyKey | None,
        *,
        by_mail: bool,
    ) -> Created:
        with self._uow as uow:
            if once is not None and (made := uow.idempotency.done(once)) is not None:
                return Created(made, replayed=True)
            invited = self._invited(uow, invitation, address, user.created)
            taken = uow.users.by_email(address)
            if taken is None:
                user.email_verified = invited is not None and invited.email == address
                uow.users.add(user)
            elif not by_mail:
                raise EmailTaken
            user_id = user.id if taken is None else taken.id
            if invited is not None:
                # Whoever invites is not told here whose address it is.
                invited.use(user.id if taken is None else None, user.created)
            if taken is not None:
                self._outbox.put(uow, MailKind.EMAIL_IN_USE, address, locale=locale)
            elif self._verification and not user.email_verified:
                self._outbox.put(uow, MailKind.VERIFY_EMAIL, address, locale=locale)
            if once is not None:
                uow.idempotency.remember(once, user_id, user.created)
            uow.commit()
        return Created(user_id)

    def _invited(
        self, uow: AccountsUnitOfWork, invitation: str | None, address: str, now: datetime
    ) -> Invitation | None:
        if invitation is None:
            return None
        found = uow.invitations.by_token(hash_of(invitation))
        if found is None:
            raise InvitationNotValid
        found.check(address, now)
        return found

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
