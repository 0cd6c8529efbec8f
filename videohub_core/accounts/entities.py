"""Users and sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from videohub_core.accounts.events import (
    AccountRecovered,
    PasswordChanged,
    RoleChanged,
    UserBanned,
    UserLeft,
    UserRegistered,
    UserUnbanned,
)
from videohub_core.shared.actor import Role
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import UserId, hash_of
from videohub_core.shared.locales import LOCALES
from videohub_core.shared.text import text_error

DISPLAY_NAME_MOST = 80
EMAIL_MOST = 254
# NIST SP 800-63B-4: at least 8 characters, no composition rules, long ones allowed.
PASSWORD_LEAST = 8
PASSWORD_MOST = 256

BAN_REASON_MOST = 500

SESSION_IDLE = timedelta(days=14)
SESSION_ABSOLUTE = timedelta(days=90)
# A session's last use is stored this often at most, so that reading stays reading.
SESSION_TOUCH = timedelta(minutes=10)


def display_name_error(name: str) -> FieldError | None:
    """Return what is wrong with a display name, or None."""
    return text_error(
        "/display_name", name.strip(), least=1, most=DISPLAY_NAME_MOST, one_line=True
    )


def password_error(password: str, pointer: str = "/password") -> FieldError | None:
    """Return what is wrong with a new password, or None."""
    return text_error(
        pointer, password, least=PASSWORD_LEAST, most=PASSWORD_MOST, one_line=True
    )


def ban_reason_error(reason: str) -> FieldError | None:
    """Return what is wrong with the reason of a ban, or None."""
    return text_error("/reason", reason.strip(), most=BAN_REASON_MOST, one_line=True)


def ban_holds(is_banned: bool, banned_until: datetime | None, now: datetime) -> bool:
    """Tell whether a ban is in force: the one place that decides it."""
    return is_banned and (banned_until is None or now < banned_until)


@dataclass(frozen=True)
class AccountDetails:
    """What members decide about their own account by themselves."""

    display_name: str
    locale: str | None
    phone: str | None
    """E.164, as a `PhoneSyntax` writes it."""

    def changed(self, **changes: str | None) -> AccountDetails:
        """Return the details with these changes, checked; raise InvalidInput."""
        errors: list[FieldError | None] = []
        if "display_name" in changes:
            name = (changes["display_name"] or "").strip()
            changes["display_name"] = name
            errors.append(display_name_error(name))
        if changes.get("locale") not in (None, *LOCALES):
            errors.append(
                FieldError(
                    "/locale", "invalid_choice", f"This is one of: {', '.join(LOCALES)}."
                )
            )
        found = [error for error in errors if error is not None]
        if found:
            raise InvalidInput(found)
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(eq=False, kw_only=True)
class User(Aggregate):
    """Somebody with an account. `email` is lowercased and unique; never public.

    Whoever comes from an identity provider is known by `issuer` and `sub`, which are unique
    together, and has an e-mail only if the provider vouches for one.
    """

    id: UserId
    email: str | None
    display_name: str
    created: datetime
    password_hash: str | None = None
    issuer: str | None = None
    sub: str | None = None
    phone: str | None = None
    email_verified: bool = False
    pending_email: str | None = None
    """The address that replaces `email` once somebody has proved to read its mail."""
    locale: str | None = None
    role: Role = Role.MEMBER
    is_banned: bool = False
    """Says that there is a ban; `is_banned_at` says whether it has not ended by itself."""
    ban_reason: str | None = None
    banned_until: datetime | None = None

    def registered(self) -> None:
        """Say that the account is new."""
        self.record(UserRegistered(self.id, self.display_name))

    @property
    def details(self) -> AccountDetails:
        return AccountDetails(self.display_name, self.locale, self.phone)

    def edit(self, details: AccountDetails) -> None:
        self.display_name = details.display_name
        self.locale = details.locale
        self.phone = details.phone

    def change_password(self, password_hash: str) -> None:
        """Have this password; an e-mail that was asked for with the old one is forgotten."""
        self.password_hash = password_hash
        self.pending_email = None
        self.record(PasswordChanged(self.id))

    def recover(self) -> None:
        """Be back in the hands of whoever reads the mail of the present address."""
        self.email_verified = True
        self.record(AccountRecovered(self.id))

    def take_over(self, email: str) -> None:
        """Have this address, which is proved to be the user's, and wait for none."""
        self.email = email
        self.email_verified = True
        self.pending_email = None

    def is_banned_at(self, now: datetime) -> bool:
        return ban_holds(self.is_banned, self.banned_until, now)

    def ban(self, by: UserId, reason: str | None, until: datetime | None) -> None:
        """Keep the user out; the newest ban counts, whatever was said before."""
        self.is_banned = True
        self.ban_reason = reason
        self.banned_until = until
        self.record(UserBanned(self.id, by, reason, until))

    def unban(self, by: UserId) -> None:
        """Let the user in again; doing it twice is doing it once."""
        if self.is_banned:
            self.record(UserUnbanned(self.id, by))
        self.is_banned = False
        self.ban_reason = self.banned_until = None

    def change_role(self, by: UserId, role: Role) -> None:
        if role is not self.role:
            self.role = role
            self.record(RoleChanged(self.id, by, role))

    def leave(self, by: UserId) -> None:
        """Say that the account is to go, with everything of it."""
        self.record(UserLeft(self.id, by))


@dataclass(eq=False, kw_only=True)
class Session(Aggregate):
    """A browser that is signed in. Only the hash of its token is stored."""

    token_hash: str
    user_id: UserId
    created: datetime
    last_used: datetime
    client: str | None = None
    """What the browser calls itself (User-Agent)."""

    @staticmethod
    def hash(token: str) -> str:
        """Return what is stored of a token. It is random, so a plain hash will do."""
        return hash_of(token)

    @staticmethod
    def expires_at(created: datetime, last_used: datetime) -> datetime:
        """Return when the session ends if it is not used again."""
        return min(created + SESSION_ABSOLUTE, last_used + SESSION_IDLE)

    @staticmethod
    def public_id(token_hash: str) -> str:
        """Return what its owner calls it: a part of the hash, which opens nothing."""
        return token_hash[:16]


@dataclass(frozen=True)
class SignedIn:
    """A fresh session; `token` is the credential and is not kept anywhere."""

    token: str
    user_id: UserId
    expires_at: datetime


@dataclass(frozen=True)
class UserQuery:
    """Which users to list; whatever is None or empty is not asked for."""

    role: Role | None = None
    banned: bool = False
    text: str = ""
    """A part of the name or of the e-mail, in capitals or not."""
    in_emails: bool = True
    """Whether e-mails are looked at too: by those who may see them."""

    def fits(self, email: str | None, display_name: str) -> bool:
        """Tell whether the text is in either."""
        text = self.text.strip().casefold()
        if text in display_name.casefold():
            return True
        return self.in_emails and email is not None and text in email.casefold()
