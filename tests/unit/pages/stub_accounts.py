"""The use cases of accounts that the pages ask for, over a dictionary and lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from tests.fakes.simple import FakeEmailSyntax
from videohub_core.accounts.errors import (
    EmailNotVerified,
    EmailTaken,
    NoSuchSession,
    NoSuchUser,
    PasswordNeeded,
    WrongCredentials,
)
from videohub_core.accounts.ports import ChannelRef, ListedUser, SessionView
from videohub_core.invitations.entities import InvitationState, Registration
from videohub_core.invitations.errors import InvitationNotValid, NoSuchInvitation
from videohub_core.invitations.ports import InvitationView
from videohub_core.moderation.ports import AuditView
from videohub_core.shared.actor import Role
from videohub_core.shared.errors import DomainError, FieldError, InvalidInput
from videohub_core.shared.ids import ChannelId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.tokens.errors import NoSuchToken
from videohub_core.tokens.ports import AccessTokenView, FamilyView
from videohub_core.verification.errors import LinkNotValid

NOW = datetime.now(UTC)


def make_invitation(name: str = "waiting", **changes: Any) -> InvitationView:
    values = {
        "id": (name + "0" * 16)[:16],
        "email": None,
        "note": None,
        "created": NOW,
        "expires_at": NOW + timedelta(days=7),
        "used_at": None,
        "created_by": None,
        "inviter": None,
        "used_by": None,
        "member": None,
        "state": InvitationState.WAITING,
    }
    return InvitationView(**{**values, **changes})


def make_session(name: str = "phone", **changes: Any) -> SessionView:
    values = {
        "token_hash": (name + "0" * 16)[:16] + "rest",
        "user": None,
        "created": NOW - timedelta(days=2),
        "last_used": NOW - timedelta(hours=3),
        "client": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    }
    return SessionView(**{**values, **changes})


def make_family(name: str = "program", **changes: Any) -> FamilyView:
    values = {
        "id": (name + "0" * 16)[:16],
        "client": "curl/8.11",
        "created": NOW - timedelta(days=2),
        "last_used": NOW - timedelta(hours=3),
        "ends": NOW + timedelta(days=20),
    }
    return FamilyView(**{**values, **changes})


def make_token(name: str = "backup", **changes: Any) -> AccessTokenView:
    values = {
        "id": (name + "0" * 16)[:16],
        "name": name,
        "scopes": ["read", "upload"],
        "created": NOW - timedelta(days=2),
        "expires_at": NOW + timedelta(days=20),
        "last_used": None,
    }
    return AccessTokenView(**{**values, **changes})


def make_listed(name: str = "boris", **changes: Any) -> ListedUser:
    values = {
        "id": (name + "0" * 16)[:16],
        "email": f"{name}@example.org",
        "display_name": name.title(),
        "role": Role.MEMBER,
        "is_banned": False,
        "ban_reason": None,
        "banned_until": None,
        "created": NOW - timedelta(days=2),
        "videos": 2,
    }
    return ListedUser(**{**values, **changes})


def make_act(action: str = "ban", **changes: Any) -> AuditView:
    values = {
        "id": "act0000000000000",
        "at": NOW - timedelta(hours=1),
        "actor_id": "dora000000000000",
        "actor_name": "Dora",
        "action": action,
        "subject_kind": "user",
        "subject_id": "boris00000000000",
        "subject_name": "Boris",
        "detail": None,
    }
    return AuditView(**{**values, **changes})


class StubAccounts:
    """What the container of the stub hub knows about accounts; `done` tells what was asked."""

    def __init__(self) -> None:
        self.accounts: dict[str, str] = {"anna@example.org": "correct horse"}
        self.unverified: set[str] = set()
        self.registered: list[dict[str, Any]] = []
        self.done: list[tuple[str, Any]] = []
        self.links = {"good"}
        self.invitations: dict[str, InvitationView] = {}
        """By the secret of their links."""
        self.registration = Registration.OPEN
        self.verification = False
        self.sends_mail = True
        self.password: str | None = "correct horse"
        self.sessions: list[SessionView] = []
        self.families: list[FamilyView] = []
        self.tokens: list[AccessTokenView] = []
        self.users: dict[str, ListedUser] = {}
        self.acts: list[AuditView] = []
        self.refuses: DomainError | None = None
        """What deleting, banning and changing roles raise."""

    def email_syntax(self) -> Any:
        return FakeEmailSyntax()

    def secret(self) -> bytes:
        return b"secret of the stub"

    def register_user(self) -> Any:
        def register_user(
            *,
            actor: Any,
            email: str,
            password: str,
            display_name: str,
            invitation: str | None,
            locale: str,
        ) -> Any:
            self.registration.check(invited=invitation is not None)
            if invitation is not None and invitation not in self.invitations:
                raise InvitationNotValid
            wrong = []
            if not display_name:
                wrong.append(FieldError("/display_name", "required", "This may not be empty."))
            if len(password) < 8:
                wrong.append(FieldError("/password", "too_short", "This needs 8."))
            if "@" not in email:
                wrong.append(FieldError("/email", "invalid_email", "No @."))
            if wrong:
                raise InvalidInput(wrong)
            if email in self.accounts:
                if self.verification:
                    return None
                raise EmailTaken
            self.accounts[email] = password
            self.registered.append({"actor": actor, "email": email, "name": display_name})
            if not self.verification:
                return SimpleNamespace(id="new0000000000000")
            bound = self.invitations[invitation].email if invitation else None
            if bound != email:
                self.unverified.add(email)
            return None

        return register_user

    def sign_in(self) -> Any:
        def sign_in(
            *, email: str, password: str, replaces: str | None, client: str | None
        ) -> Any:
            if self.accounts.get(email) != password:
                raise WrongCredentials
            if email in self.unverified:
                raise EmailNotVerified
            return SimpleNamespace(token="fresh", replaces=replaces)

        return sign_in

    def request_verification(self) -> Any:
        return self._request("verification")

    def request_password_reset(self) -> Any:
        return self._request("reset")

    def _request(self, kind: str) -> Any:
        def request(*, email: str, locale: str) -> None:
            if "@" not in email:
                raise InvalidInput([FieldError("/email", "invalid_email", "No @.")])
            self.done.append((kind, (email, locale)))

        return request

    def confirm_email(self) -> Any:
        def confirm_email(*, token: str) -> None:
            if token not in self.links:
                raise LinkNotValid
            self.done.append(("confirmed", token))

        return confirm_email

    def reset_password(self) -> Any:
        def reset_password(*, token: str, password: str, locale: str) -> None:
            if len(password) < 8:
                raise InvalidInput([FieldError("/password", "too_short", "This needs 8.")])
            if token not in self.links:
                raise LinkNotValid
            self.done.append(("reset", (token, password, locale)))

        return reset_password

    def edit_account(self) -> Any:
        def edit_account(
            *,
            actor: Any,
            changes: dict[str, Any],
            current_password: Any,
            signed_in: Any,
            locale: str,
        ) -> None:
            if changes.get("phone") == "nonsense":
                raise InvalidInput([FieldError("/phone", "invalid_phone", "No phone.")])
            if "email" in changes and current_password != "correct horse":
                raise PasswordNeeded
            self.done.append(("edited", changes))

        return edit_account

    def change_password(self) -> Any:
        def change_password(
            *, actor: Any, current_password: str, new_password: str, keep: Any, locale: str
        ) -> None:
            if len(new_password) < 8:
                wrong = FieldError("/new_password", "too_short", "This needs 8.")
                raise InvalidInput([wrong])
            if current_password != "correct horse":
                raise PasswordNeeded
            self.done.append(("password", (new_password, keep)))

        return change_password

    def invite(self) -> Any:
        def invite(*, actor: Any, email: str | None, note: str | None) -> Any:
            if email and "@" not in email:
                raise InvalidInput([FieldError("/email", "invalid_email", "No @.")])
            token = f"secret{len(self.invitations)}"
            made = make_invitation(token, email=email, note=note, created_by=actor.id)
            self.invitations[token] = made
            return SimpleNamespace(id=made.id, token=token)

        return invite

    def list_invitations(self) -> Any:
        def list_invitations(*, actor: Any, page: PageRequest) -> Any:
            return Page(list(self.invitations.values()), None)

        return list_invitations

    def read_invitation(self) -> Any:
        def of_token(*, token: str) -> InvitationView | None:
            return self.invitations.get(token)

        return SimpleNamespace(of_token=of_token)

    def withdraw_invitation(self) -> Any:
        def withdraw_invitation(*, actor: Any, invitation_id: str) -> None:
            found = [k for k, made in self.invitations.items() if made.id == invitation_id]
            if not found:
                raise NoSuchInvitation
            del self.invitations[found[0]]

        return withdraw_invitation

    def clock(self) -> Any:
        return SimpleNamespace(now=lambda: NOW)

    def has_password(self) -> Any:
        return lambda **_given: self.password is not None

    def list_sessions(self) -> Any:
        return lambda **_given: self.sessions

    def list_families(self) -> Any:
        return lambda **_given: self.families

    def end_session(self) -> Any:
        def end_session(*, actor: Any, session_id: str) -> None:
            left = [one for one in self.sessions if one.id != session_id]
            if len(left) == len(self.sessions):
                raise NoSuchSession
            self.sessions = left

        return end_session

    def revoke_tokens(self) -> Any:
        def revoke_tokens(*, actor: Any, family_id: str) -> None:
            left = [one for one in self.families if one.id != family_id]
            if len(left) == len(self.families):
                raise NoSuchToken
            self.families = left

        return revoke_tokens

    def list_access_tokens(self) -> Any:
        return lambda **_given: self.tokens

    def create_access_token(self) -> Any:
        def create_access_token(*, actor: Any, details: Any) -> Any:
            if self.refuses:
                raise self.refuses
            self.done.append(("token", details))
            scopes = [scope.value for scope in details.scopes]
            ends = details.lasts and NOW + details.lasts
            made = make_token(details.name, scopes=scopes, expires_at=ends)
            self.tokens.append(made)
            return SimpleNamespace(token="vhp_secret", view=made)

        return create_access_token

    def remove_access_token(self) -> Any:
        def remove_access_token(*, actor: Any, token_id: str) -> None:
            if token_id not in [one.id for one in self.tokens]:
                raise NoSuchToken
            self.tokens = [one for one in self.tokens if one.id != token_id]

        return remove_access_token

    def delete_account(self) -> Any:
        return StubDeleteAccount(self)

    def read_user(self) -> Any:
        def read_user(*, user_id: str) -> Any:
            if user_id not in self.users:
                raise NoSuchUser
            user = self.users[user_id]
            channel = ChannelRef(ChannelId(user_id), user.display_name)
            return SimpleNamespace(**vars(user), channel=channel)

        return read_user

    def list_users(self) -> Any:
        def list_users(*, actor: Any, query: Any, page: PageRequest) -> Any:
            found = [
                user
                for user in self.users.values()
                if query.role in (None, user.role)
                and (user.is_banned or not query.banned)
                and query.fits(user.email, user.display_name)
            ]
            return Page(found, None)

        return list_users

    def ban_user(self) -> Any:
        return self._governing("banned")

    def unban_user(self) -> Any:
        return self._governing("unbanned")

    def change_role(self) -> Any:
        return self._governing("role")

    def _governing(self, what: str) -> Any:
        def govern(*, actor: Any, user_id: str, **how: Any) -> None:
            if self.refuses:
                raise self.refuses
            if len(how.get("reason", "")) > 500:
                raise InvalidInput([FieldError("/reason", "too_long", "At most 500.")])
            self.done.append((what, (user_id, how)))

        return govern

    def read_audit(self) -> Any:
        return lambda **_given: Page(self.acts, None)


class StubDeleteAccount:
    def __init__(self, stub: StubAccounts) -> None:
        self._stub = stub

    def __call__(self, *, actor: Any, password: str | None, signed_in: Any) -> None:
        if self._stub.refuses:
            raise self._stub.refuses
        right = self._stub.password
        if (signed_in is None) if right is None else (password != right):
            raise PasswordNeeded
        self._stub.done.append(("left", actor.id))

    def of_another(self, *, user_id: str, **_given: Any) -> None:
        if self._stub.refuses:
            raise self._stub.refuses
        self._stub.done.append(("deleted", user_id))
