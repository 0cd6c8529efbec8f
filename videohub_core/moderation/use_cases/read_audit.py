"""See what was done."""

from __future__ import annotations

from videohub_core.moderation.policies import check_moderates
from videohub_core.moderation.ports import AuditReader, AuditView
from videohub_core.shared.actor import Actor
from videohub_core.shared.paging import Page, PageRequest


class ReadAudit:
    """Return a page of the audit log, the newest act first; for moderators and admins."""

    def __init__(self, reader: AuditReader) -> None:
        self._reader = reader

    def __call__(self, *, actor: Actor, page: PageRequest) -> Page[AuditView]:
        check_moderates(actor)
        return self._reader.entries(page)
