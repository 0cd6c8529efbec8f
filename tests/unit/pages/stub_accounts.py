"""The use cases of accounts that the pages ask for, over a dictionary and lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from tests.fakes.simple import FakeEmailSyntax
from videohub_core.accounts.errors import (
    EmailNotVerified,
    EmailTaken,
    PasswordNeeded,
    WrongCredentials,
)
from videohub_core.invitations.entities import InvitationState, Registration
from videohub_core.invitations.errors import InvitationNotValid, NoSuchInvitation
from videohub_core.invitations.ports import InvitationView
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.paging import Page, PageRequest
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
            *, actor: Any, changes: dict[str, Any], current_password: Any, locale: str
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
