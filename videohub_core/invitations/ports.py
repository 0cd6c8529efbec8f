"""What invitations need from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from videohub_core.invitations.entities import Invitation, InvitationState
from videohub_core.shared.idempotency import IdempotencyRepository
from videohub_core.shared.ids import InvitationId, UserId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class InvitationView:
    """An invitation as whoever invites sees it; its secret is not kept."""

    id: InvitationId
    email: str | None
    note: str | None
    created: datetime
    expires_at: datetime
    used_at: datetime | None
    created_by: UserId | None
    inviter: str | None
    """The name of whoever made it."""
    used_by: UserId | None
    member: str | None
    """The name of whoever came with it."""
    state: InvitationState
    """At the time of reading."""


class InvitationRepository(Protocol):
    """The invitations inside one transaction."""

    def add(self, invitation: Invitation) -> None: ...

    def get(self, invitation_id: InvitationId) -> Invitation | None: ...

    def by_token(self, token_hash: str) -> Invitation | None:
        """Return the invitation, locked: of two that bring the same one, one comes first."""

    def remove(self, invitation: Invitation) -> None: ...

    def forget(self, user_id: UserId, email: str | None) -> None:
        """Delete what the user has come with, and what names their address."""

    def remove_unused_of(self, user_id: UserId) -> None:
        """Delete what the user has made and nobody has come with."""


class InvitationsUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def invitations(self) -> InvitationRepository: ...

    @property
    def idempotency(self) -> IdempotencyRepository: ...


class InvitationReader(Protocol):
    """Reads invitations for showing, outside any transaction."""

    def one(self, invitation_id: InvitationId) -> InvitationView | None: ...

    def by_token(self, token_hash: str) -> InvitationView | None: ...

    def all(self, page: PageRequest, *, of: UserId | None = None) -> Page[InvitationView]:
        """Return invitations, freshest (`created`) first: everybody's, or of one user."""
