"""What accounts refuse."""

from __future__ import annotations

from datetime import datetime

from videohub_core.shared.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    PreconditionFailed,
    Unauthenticated,
)


class EmailTaken(Conflict):
    """An account with this e-mail exists."""

    code = "email_taken"
    title = "There is already an account with this e-mail."


class IdentityTaken(Conflict):
    """Somebody at an identity provider has one account here."""

    code = "identity_taken"
    title = "Another account is linked with this sign-in already."


class WrongCredentials(Unauthenticated):
    """The e-mail and the password do not belong together, whichever is wrong."""

    code = "wrong_credentials"
    title = "The e-mail or the password is wrong."


class InvalidToken(Unauthenticated):
    """The bearer credential is malformed, expired or revoked."""

    code = "invalid_token"
    title = "This credential is not valid."


class AccountBanned(NotAllowed):
    """The credential is right, and its owner is banned: why, and until when, is for them."""

    code = "account_banned"
    title = "This account is banned."

    def __init__(self, reason: str | None = None, until: datetime | None = None) -> None:
        parts = [self.title]
        if until is not None:
            parts.append(f"The ban ends on {until:%Y-%m-%d at %H:%M} UTC.")
        if reason:
            parts.append(f"The reason: {reason}")
        super().__init__(" ".join(parts))
        self.reason = reason
        self.until = until


class EmailNotVerified(NotAllowed):
    """The password is right, and nobody has proved yet to read the account's mail."""

    code = "email_not_verified"
    title = "Confirm your e-mail first: follow the link in the mail, or ask for another."


class LastAdmin(Conflict):
    """Nobody would be left to look after the hub."""

    code = "last_admin"
    title = "This is the last admin who is not banned. Make another one first."


class AlreadySignedIn(NotAllowed):
    """A signed-in member cannot register."""

    code = "already_signed_in"
    title = "You are signed in. Sign out to register another account."


class NoSuchUser(NotFound):
    """There is no user with this id or e-mail."""

    code = "no_such_user"
    title = "There is no such user."


class NotYourself(Conflict):
    """Nobody bans, demotes or otherwise governs themselves."""

    code = "not_yourself"
    title = "You cannot do this to your own account."


class NoSuchSession(NotFound):
    """There is no session with this id, or none of the actor's."""

    code = "no_such_session"
    title = "There is no such session."


class PasswordNeeded(NotAllowed):
    """The act needs the account's password, or a fresh sign-in where there is none."""

    code = "password_needed"
    title = "Prove that it is you: send your password, or sign in again."


class AccountChanged(PreconditionFailed):
    """The account is not what the actor has seen."""

    code = "account_changed"
    title = "The account was changed meanwhile. Read it again before you change it."
