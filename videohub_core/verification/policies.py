"""Which link opens what."""

from __future__ import annotations

from datetime import datetime

from videohub_core.accounts.entities import User
from videohub_core.shared.ids import hash_of
from videohub_core.verification.entities import MailedLink, Purpose
from videohub_core.verification.errors import LinkNotValid
from videohub_core.verification.ports import VerificationUnitOfWork


def opened(
    uow: VerificationUnitOfWork, token: str, purpose: Purpose, now: datetime
) -> tuple[MailedLink, User]:
    """Return the link and its user, both locked; raise LinkNotValid.

    The user is locked first: of two that follow links of the same user, one waits.
    """
    token_hash = hash_of(token)
    user_id = uow.links.user_of(token_hash)
    user = None if user_id is None else uow.users.get(user_id)
    found = uow.links.get(token_hash)
    if found is None:
        raise LinkNotValid
    return found, found.check(purpose, user, now)
