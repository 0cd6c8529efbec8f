"""How one becomes a member, and invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from videohub_core.invitations.errors import (
    InvitationNeeded,
    InvitationNotValid,
    RegistrationClosed,
)
from videohub_core.shared.errors import FieldError
from videohub_core.shared.events import Aggregate
from videohub_core.shared.ids import InvitationId, UserId
from videohub_core.shared.text import text_error

INVITATION_LASTS = timedelta(days=7)
NOTE_MOST = 200


class Registration(Enum):
    """Who may register by themselves. Admins may open accounts in any case."""

    OPEN = "open"
    CLOSED = "closed"
    INVITATION = "invitation"

    def check(self, *, invited: bool) -> None:
        """Raise RegistrationClosed or InvitationNeeded unless a stranger may register."""
        if self is Registration.CLOSED:
            raise RegistrationClosed
        if self is Registration.INVITATION and not invited:
            raise InvitationNeeded


class InvitationState(Enum):
    """What can be done with an invitation."""

    WAITING = "waiting"
    USED = "used"
    EXPIRED = "expired"


def note_error(note: str) -> FieldError | None:
    """Return what is wrong with the note to an invitation, or None."""
    return text_error("/note", note.strip(), most=NOTE_MOST, one_line=True)


def state_of(expires_at: datetime, used_at: datetime | None, now: datetime) -> InvitationState:
    """Return the state of an invitation: the one place that decides it."""
    if used_at is not None:
        return InvitationState.USED
    return InvitationState.EXPIRED if expires_at <= now else InvitationState.WAITING


@dataclass(eq=False, kw_only=True)
class Invitation(Aggregate):
    """A link that lets one person register. Only the hash of its secret is stored."""

    id: InvitationId
    token_hash: str
    created: datetime
    expires_at: datetime
    created_by: UserId | None = None
    """None for one that was made on the hub's own machine."""
    email: str | None = None
    """The only address that may register with it, which thereby counts as verified."""
    note: str | None = None
    """For whoever invites: who it is for."""
    used_at: datetime | None = None
    used_by: UserId | None = None

    def check(self, email: str, now: datetime) -> None:
        """Raise InvitationNotValid unless this address may register with it now."""
        if state_of(self.expires_at, self.used_at, now) is not InvitationState.WAITING:
            raise InvitationNotValid
        if self.email is not None and self.email != email:
            raise InvitationNotValid("This invitation is for another e-mail.")

    def use(self, by: UserId | None, now: datetime) -> None:
        """It is used up; `by` is whom it has let in, None where nobody may know."""
        self.used_at = now
        self.used_by = by
