"""Look an invitation up."""

from __future__ import annotations

from videohub_core.invitations.entities import InvitationState
from videohub_core.invitations.errors import NoSuchInvitation
from videohub_core.invitations.policies import may_look_after
from videohub_core.invitations.ports import InvitationReader, InvitationView
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import InvitationId, hash_of


class ReadInvitation:
    """Return an invitation of the actor's; an admin may read everybody's."""

    def __init__(self, reader: InvitationReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, invitation_id: InvitationId) -> InvitationView:
        """Raise NoSuchInvitation, for one of somebody else too."""
        found = self._reader.one(invitation_id)
        if found is None or not may_look_after(actor, found):
            raise NoSuchInvitation
        return found

    def of_token(self, *, token: str) -> InvitationView | None:
        """Return the invitation that the secret opens, None if it lets nobody in now."""
        found = self._reader.by_token(hash_of(token))
        if found is None or found.state is not InvitationState.WAITING:
            return None
        return found
