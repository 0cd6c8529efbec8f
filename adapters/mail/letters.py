"""What each kind of mail says: the words are English here, and translated when written."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.mail.entities import MailKind


def N_(message: str) -> str:  # noqa: N802
    """Mark a message for the catalogue; it is translated where it is written."""
    return message


@dataclass(frozen=True)
class Letter:
    """A subject, sentences around one button, and the page that the button opens."""

    subject: str
    before: tuple[str, ...]
    button: str
    path: str
    """`{token}` stands for the secret that was made for this mail."""
    after: tuple[str, ...] = ()


GREETING = N_("Hello!")
GREETING_BY_NAME = N_("Hello, {name}!")
_IGNORE = N_("If it was not you, do nothing: without this link nothing happens.")

LETTERS = {
    MailKind.VERIFY_EMAIL: Letter(
        subject=N_("Confirm your e-mail"),
        before=(N_("Somebody registered at Video Hub with this e-mail address."),),
        button=N_("Confirm the e-mail"),
        path="/verify-email?token={token}",
        after=(N_("The link works once and for 24 hours."), _IGNORE),
    ),
    MailKind.EMAIL_IN_USE: Letter(
        subject=N_("You already have an account"),
        before=(
            N_("Somebody wanted to use this e-mail address for an account at Video Hub."),
            N_("There already is one, so nothing has changed. If it was you, sign in."),
        ),
        button=N_("Sign in"),
        path="/auth/login",
        after=(
            N_("If you do not know the password any more, choose a new one: {reset}"),
            N_("If it was not you, you need not do anything."),
        ),
    ),
    MailKind.RESET_PASSWORD: Letter(
        subject=N_("Choose a new password"),
        before=(N_("Somebody asked for a new password for your account at Video Hub."),),
        button=N_("Choose a password"),
        path="/reset-password?token={token}",
        after=(N_("The link works once and for one hour."), _IGNORE),
    ),
    MailKind.PASSWORD_CHANGED: Letter(
        subject=N_("Your password was changed"),
        before=(
            N_("The password of your account at Video Hub was changed."),
            N_("If it was not you, choose a new one at once: that ends every session."),
        ),
        button=N_("Choose a new password"),
        path="/forgot-password",
    ),
    MailKind.CONFIRM_NEW_EMAIL: Letter(
        subject=N_("Confirm your new e-mail"),
        before=(N_("A member of Video Hub wants to use this e-mail address from now on."),),
        button=N_("Confirm the e-mail"),
        path="/verify-email?token={token}",
        after=(N_("The link works once and for 24 hours."), _IGNORE),
    ),
    MailKind.EMAIL_CHANGES: Letter(
        subject=N_("Your e-mail is about to change"),
        before=(
            N_("Somebody asked to give your account at Video Hub another e-mail address."),
            N_("It changes when the new address is confirmed."),
            N_("If it was not you, choose a new password at once: that ends every session."),
        ),
        button=N_("Choose a new password"),
        path="/forgot-password",
    ),
}
"""Every mail that the hub sends."""

RESET_PATH = "/forgot-password"
