"""List accounts."""

from __future__ import annotations

from dataclasses import replace

from videohub_core.accounts.entities import UserQuery
from videohub_core.accounts.ports import AccountReader, ListedUser
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.paging import Page, PageRequest


class ListUsers:
    """Return a page of users, freshest first; e-mails are told to admins alone."""

    def __init__(self, reader: AccountReader) -> None:
        self._reader = reader

    def __call__(
        self, *, actor: Actor, query: UserQuery, page: PageRequest
    ) -> Page[ListedUser]:
        """Raise NotAllowed for whoever is no moderator."""
        if not actor.role.includes(Role.MODERATOR):
            raise NotAllowed
        if actor.role.includes(Role.ADMIN):
            return self._reader.users(query, page)
        # What somebody may not see, they do not find by it either.
        found = self._reader.users(replace(query, in_emails=False), page)
        return Page([replace(user, email=None) for user in found.items], found.next)
