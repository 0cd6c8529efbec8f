"""Invitations as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    bindparam,
    delete,
    or_,
    select,
)
from sqlalchemy.orm import Session

from adapters.persistence.accounts import users
from adapters.persistence.database import LOCKED, Database
from adapters.persistence.keyset import behind, page_of, page_values
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.persistence.prepared import Prepared
from videohub_core.accounts.entities import EMAIL_MOST
from videohub_core.invitations.entities import NOTE_MOST, Invitation, state_of
from videohub_core.invitations.ports import InvitationView
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import InvitationId, UserId
from videohub_core.shared.paging import Page, PageRequest, Position

invitations = Table(
    "invitations",
    mapper_registry.metadata,
    Column("id", id_column_type(), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column(
        "created_by", id_column_type(), ForeignKey("users.id", ondelete="CASCADE"), index=True
    ),
    Column("email", String(EMAIL_MOST)),
    Column("note", String(NOTE_MOST)),
    Column("created", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column(
        "used_by", id_column_type(), ForeignKey("users.id", ondelete="SET NULL"), index=True
    ),
    Index("ix_invitations_created", "created", "id"),
)


def map_invitations() -> None:
    mapper_registry.map_imperatively(Invitation, invitations)


_inviter, _member = users.alias("inviter"), users.alias("member")
_VIEWS = (
    select(
        invitations.c.id,
        invitations.c.email,
        invitations.c.note,
        invitations.c.created,
        invitations.c.expires_at,
        invitations.c.used_at,
        invitations.c.created_by,
        _inviter.c.display_name.label("inviter"),
        invitations.c.used_by,
        _member.c.display_name.label("member"),
    )
    .outerjoin_from(invitations, _inviter, _inviter.c.id == invitations.c.created_by)
    .outerjoin(_member, _member.c.id == invitations.c.used_by)
)
_FIELDS = _VIEWS.selected_columns.keys()
_ONE = Prepared(_VIEWS.where(invitations.c.id == bindparam("invitation_id")))
_BY_TOKEN = Prepared(_VIEWS.where(invitations.c.token_hash == bindparam("token")))
_LIST = _VIEWS.order_by(invitations.c.created.desc(), invitations.c.id.desc()).limit(
    bindparam("limit")
)
_AFTER = behind(invitations.c.created, invitations.c.id)
_OF = invitations.c.created_by == bindparam("owner_id")
_LISTS = {
    (False, False): Prepared(_LIST),
    (False, True): Prepared(_LIST.where(_AFTER)),
    (True, False): Prepared(_LIST.where(_OF)),
    (True, True): Prepared(_LIST.where(_OF, _AFTER)),
}
"""By whether they are of one user, and begin after a position."""


class SqlInvitations:
    """`InvitationRepository` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, invitation: Invitation) -> None:
        self._session.add(invitation)
        self._session.flush()

    def get(self, invitation_id: InvitationId) -> Invitation | None:
        return self._session.get(Invitation, invitation_id, with_for_update=LOCKED)

    def by_token(self, token_hash: str) -> Invitation | None:
        return self._session.scalars(
            select(Invitation)
            .where(invitations.c.token_hash == token_hash)
            .with_for_update(key_share=True)
        ).first()

    def remove(self, invitation: Invitation) -> None:
        self._session.delete(invitation)
        self._session.flush()

    def forget(self, user_id: UserId, email: str | None) -> None:
        theirs = invitations.c.used_by == user_id
        if email is not None:
            theirs = or_(theirs, invitations.c.email == email)
        self._session.execute(delete(invitations).where(theirs))

    def remove_unused_of(self, user_id: UserId) -> None:
        unused = (invitations.c.created_by == user_id) & invitations.c.used_at.is_(None)
        self._session.execute(delete(invitations).where(unused))


class SqlInvitationReader:
    """`InvitationReader` by Core selects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def one(self, invitation_id: InvitationId) -> InvitationView | None:
        row = _ONE.first(self._database, {"invitation_id": invitation_id})
        return None if row is None else _view(row, self._clock.now())

    def by_token(self, token_hash: str) -> InvitationView | None:
        row = _BY_TOKEN.first(self._database, {"token": token_hash})
        return None if row is None else _view(row, self._clock.now())

    def all(self, page: PageRequest, *, of: UserId | None = None) -> Page[InvitationView]:
        values = page_values(page)
        if of is not None:
            values["owner_id"] = of
        rows = _LISTS[of is not None, page.after is not None].rows(self._database, values)
        now = self._clock.now()
        found = [_view(row, now) for row in rows]
        return page_of(found, page, lambda one: Position(one.created, one.id))


def _view(row: Sequence[Any], now: datetime) -> InvitationView:
    """Return the view of a row of `_VIEWS`."""
    fields = dict(zip(_FIELDS, row, strict=True))
    state = state_of(fields["expires_at"], fields["used_at"], now)
    return InvitationView(**fields, state=state)
