"""See what was done."""

from __future__ import annotations

from videohub_core.moderation.ports import AuditReader, AuditView
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.paging import Page, PageRequest


class ReadAudit:
    """Return a page of the audit log, the newest act first; for moderators and admins."""

    def __init__(self, reader: AuditReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, page: PageRequest) -> Page[AuditView]:
        if not actor.role.includes(Role.MODERATOR):
            raise NotAllowed
        return self._reader.entries(page)
