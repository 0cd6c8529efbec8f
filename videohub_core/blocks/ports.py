"""What block lists need from outside."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

from videohub_core.accounts.ports import PublicUser, UserRepository
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.shared.unit_of_work import UnitOfWork


class BlockView(NamedTuple):
    """Somebody whom a member has blocked."""

    user: PublicUser
    since: datetime


class BlockRepository(Protocol):
    """The block lists inside one transaction; the caller locks whose list it is."""

    def has(self, user_id: UserId, blocked_id: UserId) -> bool:
        """Tell whether a user has blocked another."""

    def count(self, user_id: UserId) -> int:
        """Return how many people a user has blocked."""

    def add(self, user_id: UserId, blocked_id: UserId, now: datetime) -> None:
        """Store a block that is not there yet."""

    def remove(self, user_id: UserId, blocked_id: UserId) -> bool:
        """Delete a block; return False if there is none."""


class BlocksUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def blocks(self) -> BlockRepository: ...


class BlockReader(Protocol):
    """Reads block lists for showing, outside any transaction."""

    def has(self, user_id: UserId, blocked_id: UserId) -> bool:
        """Tell whether a user has blocked another."""

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[BlockView]:
        """Return whom a user has blocked, blocked last first."""
