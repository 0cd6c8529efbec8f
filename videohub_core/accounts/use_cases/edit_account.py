"""Change what one's own account says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from videohub_core.accounts.entities import AccountDetails, User
from videohub_core.accounts.errors import AccountChanged, NoSuchUser, PasswordNeeded
from videohub_core.accounts.policies import OwnerCheck
from videohub_core.accounts.ports import (
    AccountReader,
    AccountsUnitOfWork,
    PhoneSyntax,
)
from videohub_core.mail.entities import MailKind
from videohub_core.mail.policies import Outbox
from videohub_core.shared.actor import Actor
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.errors import FieldError, InvalidInput

FIELDS = frozenset({"display_name", "locale", "phone", "email"})


class EditAccount:
    """Replace the details that are given; None removes what can be removed.

    Another e-mail is not taken over at once: it gets a mail with a link, the present one
    gets a notice, and whether it has an account of its own is not told.
    """

    def __init__(
        self,
        uow: AccountsUnitOfWork,
        reader: AccountReader,
        check: OwnerCheck,
        email_syntax: EmailSyntax,
        phone_syntax: PhoneSyntax,
        outbox: Outbox,
    ) -> None:
        self._uow = uow
        self._reader = reader
        self._check = check
        self._email_syntax = email_syntax
        self._phone_syntax = phone_syntax
        self._outbox = outbox

    def __call__(
        self,
        *,
        actor: Actor,
        changes: Mapping[str, str | None],
        current_password: str | None = None,
        signed_in: datetime | None = None,
        locale: str | None = None,
        seen: AccountDetails | None = None,
    ) -> None:
        """Change the fields of `FIELDS` that are named; `locale` is for the mails.

        Raise InvalidInput, or PasswordNeeded for another e-mail without the password;
        `signed_in` says when, for accounts that have none. With `seen`, raise AccountChanged
        if the details are not those any more.
        """
        unknown = changes.keys() - FIELDS
        if unknown:
            raise ValueError(f"nobody changes {', '.join(sorted(unknown))} here")
        present = self._reader.user(actor.id)
        if present is None:
            raise NoSuchUser
        details, email = self._checked(present.details, changes)
        password_hash = None
        moves = email is not None and email != present.email
        if moves:
            password_hash = self._check(actor, current_password, signed_in)
        with self._uow as uow:
            user = uow.users.get(actor.id)
            if user is None:
                raise NoSuchUser
            if user.details != (seen or user.details) or user.email != present.email:
                raise AccountChanged
            if moves and user.password_hash != password_hash:
                raise PasswordNeeded
            user.edit(user.details.changed(**details))
            if email is not None:
                self._ask_for(uow, user, email, locale)
            uow.commit()

    def _ask_for(
        self, uow: AccountsUnitOfWork, user: User, email: str, locale: str | None
    ) -> None:
        user.pending_email = None if email == user.email else email
        if user.pending_email is not None:
            to_new, to_old = MailKind.CONFIRM_NEW_EMAIL, MailKind.EMAIL_CHANGES
            self._outbox.put(uow, to_new, email, user_id=user.id, locale=locale)
            self._outbox.put(uow, to_old, user.email, user_id=user.id, locale=locale)

    def _checked(
        self, present: AccountDetails, changes: Mapping[str, str | None]
    ) -> tuple[dict[str, str | None], str | None]:
        """Return the changed details and the e-mail asked for; raise InvalidInput."""
        details, email = dict(changes), None
        errors: list[FieldError] = []
        if "email" in details:
            given = details.pop("email")
            try:
                email = self._email_syntax.normalise(given or "")
            except ValueError as problem:
                errors.append(FieldError("/email", "invalid_email", str(problem)))
        if details.get("phone") is not None:
            try:
                details["phone"] = self._phone_syntax.normalise(str(details["phone"]))
            except ValueError as problem:
                errors.append(FieldError("/phone", "invalid_phone", str(problem)))
        try:
            present.changed(**details)
        except InvalidInput as wrong:
            errors += wrong.errors
        if errors:
            raise InvalidInput(errors)
        return details, email
