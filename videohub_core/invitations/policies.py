"""Whose invitations are whose to look after."""

from __future__ import annotations

from videohub_core.invitations.entities import Invitation
from videohub_core.invitations.ports import InvitationView
from videohub_core.shared.actor import Actor, Role


def may_look_after(actor: Actor, invitation: Invitation | InvitationView) -> bool:
    """Tell whether the invitation is the actor's to see and to withdraw."""
    return actor.role.includes(Role.ADMIN) or invitation.created_by == actor.id
