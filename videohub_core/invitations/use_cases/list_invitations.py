"""See who was invited."""

from __future__ import annotations

from videohub_core.invitations.ports import InvitationReader, InvitationView
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.paging import Page, PageRequest


class ListInvitations:
    """Return a page of the actor's invitations, freshest first; an admin sees everybody's."""

    def __init__(self, reader: InvitationReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, page: PageRequest) -> Page[InvitationView]:
        """Raise NotAllowed."""
        if not actor.role.includes(Role.MODERATOR):
            raise NotAllowed
        everybodys = actor.role.includes(Role.ADMIN)
        return self._reader.all(page, of=None if everybodys else actor.id)
