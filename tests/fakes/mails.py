"""Mails, mailed links and invitations in memory, and a mailer that keeps what it sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.fakes.paging import page_of
from videohub_core.invitations.entities import Invitation, state_of
from videohub_core.invitations.ports import InvitationView
from videohub_core.mail.entities import Mail, Message
from videohub_core.shared.ids import InvitationId, JobId, UserId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.verification.entities import MailedLink, Purpose


class FakeMails:
    def __init__(self, rows: dict[str, Mail]) -> None:
        self._rows = rows

    def add(self, mail: Mail) -> None:
        self._rows[mail.id] = mail

    def get(self, mail_id: JobId) -> Mail | None:
        return self._rows.get(mail_id)

    def remove(self, mail: Mail) -> None:
        del self._rows[mail.id]


class FakeMailedLinks:
    def __init__(self, rows: dict[str, MailedLink]) -> None:
        self._rows = rows

    def add(self, link: MailedLink) -> None:
        self._rows[link.token_hash] = link

    def user_of(self, token_hash: str) -> UserId | None:
        link = self._rows.get(token_hash)
        return None if link is None else link.user_id

    def get(self, token_hash: str) -> MailedLink | None:
        return self._rows.get(token_hash)

    def remove_of(self, user_id: UserId, purpose: Purpose) -> None:
        for link in list(self._rows.values()):
            if (link.user_id, link.purpose) == (user_id, purpose):
                del self._rows[link.token_hash]

    def remove_expired(self, now: datetime) -> None:
        for link in list(self._rows.values()):
            if link.expires_at <= now:
                del self._rows[link.token_hash]


class FakeInvitations:
    def __init__(self, rows: dict[str, Invitation]) -> None:
        self._rows = rows

    def add(self, invitation: Invitation) -> None:
        self._rows[invitation.id] = invitation

    def get(self, invitation_id: InvitationId) -> Invitation | None:
        return self._rows.get(invitation_id)

    def by_token(self, token_hash: str) -> Invitation | None:
        return next((i for i in self._rows.values() if i.token_hash == token_hash), None)

    def remove(self, invitation: Invitation) -> None:
        del self._rows[invitation.id]

    def forget(self, user_id: UserId, email: str | None) -> None:
        for invitation in list(self._rows.values()):
            names = email is not None and invitation.email == email
            if names or invitation.used_by == user_id:
                self.remove(invitation)

    def remove_unused_of(self, user_id: UserId) -> None:
        for invitation in list(self._rows.values()):
            if invitation.created_by == user_id and invitation.used_at is None:
                self.remove(invitation)


class FakeInvitationReader:
    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def one(self, invitation_id: InvitationId) -> InvitationView | None:
        found = self._storage.rows.invitations.get(invitation_id)
        return None if found is None else self._view(found)

    def by_token(self, token_hash: str) -> InvitationView | None:
        found = FakeInvitations(self._storage.rows.invitations).by_token(token_hash)
        return None if found is None else self._view(found)

    def all(self, page: PageRequest, *, of: UserId | None = None) -> Page[InvitationView]:
        rows = self._storage.rows.invitations.values()
        found = [self._view(row) for row in rows if of in (None, row.created_by)]
        return page_of(found, page, lambda invitation: invitation.created)

    def _view(self, row: Invitation) -> InvitationView:
        return InvitationView(
            id=row.id,
            email=row.email,
            note=row.note,
            created=row.created,
            expires_at=row.expires_at,
            used_at=row.used_at,
            created_by=row.created_by,
            inviter=self._name(row.created_by),
            used_by=row.used_by,
            member=self._name(row.used_by),
            state=state_of(row.expires_at, row.used_at, self._storage.clock.now()),
        )

    def _name(self, user_id: UserId | None) -> str | None:
        user = self._storage.rows.users.get(user_id)
        return None if user is None else str(user.display_name)


class FakeMailer:
    """Keeps what it sends; `fails` is raised instead while it is set."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.fails: Exception | None = None

    def send(self, message: Message) -> None:
        if self.fails is not None:
            raise self.fails
        self.sent.append(message)
