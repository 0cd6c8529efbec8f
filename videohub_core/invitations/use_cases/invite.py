"""Invite somebody."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.invitations.entities import (
    INVITATION_LASTS,
    Invitation,
    Registration,
    note_error,
)
from videohub_core.invitations.errors import RegistrationClosed
from videohub_core.invitations.ports import InvitationsUnitOfWork
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.errors import FieldError, InvalidInput, NotAllowed
from videohub_core.shared.idempotency import IdempotencyKey
from videohub_core.shared.ids import Ids, InvitationId, hash_of


@dataclass(frozen=True)
class Invited:
    """A fresh invitation; `token` opens it and is not kept anywhere.

    It is None where an earlier request with the same key made the invitation.
    """

    id: InvitationId
    token: str | None


class Invite:
    """Make an invitation, for an address or for whoever gets the link.

    Without an actor it is made by whoever runs the hub.
    """

    def __init__(
        self,
        uow: InvitationsUnitOfWork,
        email_syntax: EmailSyntax,
        ids: Ids,
        clock: Clock,
        registration: Registration,
    ) -> None:
        self._uow = uow
        self._email_syntax = email_syntax
        self._ids = ids
        self._clock = clock
        self._registration = registration

    def __call__(
        self,
        *,
        actor: Actor | None,
        email: str | None = None,
        note: str | None = None,
        once: IdempotencyKey | None = None,
    ) -> Invited:
        """Raise NotAllowed, RegistrationClosed, InvalidInput or KeyReused.

        Whether the address has an account already is not told.
        """
        if actor is not None and not actor.role.includes(Role.MODERATOR):
            raise NotAllowed
        if self._registration is Registration.CLOSED:
            raise RegistrationClosed
        address = self._check(email, note)
        now, token = self._clock.now(), self._ids.secret()
        invitation = Invitation(
            id=InvitationId(self._ids.new()),
            token_hash=hash_of(token),
            created=now,
            expires_at=now + INVITATION_LASTS,
            created_by=actor.id if actor else None,
            email=address,
            note=(note or "").strip() or None,
        )
        with self._uow as uow:
            if once is not None and (made := uow.idempotency.done(once)) is not None:
                return Invited(InvitationId(made), None)
            uow.invitations.add(invitation)
            if once is not None:
                uow.idempotency.remember(once, invitation.id, now)
            uow.commit()
        return Invited(invitation.id, token)

    def _check(self, email: str | None, note: str | None) -> str | None:
        errors, address = [note_error(note or "")], None
        try:
            address = self._email_syntax.normalise(email) if email else None
        except ValueError as problem:
            errors.append(FieldError("/email", "invalid_email", str(problem)))
        found = [error for error in errors if error is not None]
        if found:
            raise InvalidInput(found)
        return address
