"""List accounts."""

from __future__ import annotations

from videohub_core.accounts.entities import UserQuery
from videohub_core.accounts.ports import AccountReader, ListedUser
from videohub_core.shared.paging import Page, PageRequest


class ListUsers:
    """Return a page of users, freshest first. For whoever runs the hub: it asks no actor."""

    def __init__(self, reader: AccountReader) -> None:
        self._reader = reader

    def __call__(self, *, query: UserQuery, page: PageRequest) -> Page[ListedUser]:
        return self._reader.users(query, page)
