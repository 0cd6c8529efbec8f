"""Take an invitation back."""

from __future__ import annotations

from videohub_core.invitations.errors import NoSuchInvitation
from videohub_core.invitations.policies import may_look_after
from videohub_core.invitations.ports import InvitationsUnitOfWork
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import InvitationId


class WithdrawInvitation:
    """Delete an invitation of the actor's, or anybody's if they are an admin.

    From the commit on it lets nobody in; whoever came with it stays.
    """

    def __init__(self, uow: InvitationsUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, invitation_id: InvitationId) -> None:
        """Raise NoSuchInvitation, for one of somebody else too."""
        with self._uow as uow:
            found = uow.invitations.get(invitation_id)
            if found is None or not may_look_after(actor, found):
                raise NoSuchInvitation
            uow.invitations.remove(found)
            uow.commit()
