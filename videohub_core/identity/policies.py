"""Which account somebody from the provider gets."""

from __future__ import annotations

import json
from datetime import datetime

from videohub_core.accounts.entities import User
from videohub_core.identity.entities import LOGIN_LASTS, Identity, ProvenIdentity
from videohub_core.identity.errors import EmailOfAnotherAccount, InvalidLogin
from videohub_core.identity.ports import IdentityUnitOfWork, Seal
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.ids import UserId, hash_of


def address_of(identity: Identity, email_syntax: EmailSyntax) -> str | None:
    """Return the e-mail that the provider names, verified or not; None if it is none."""
    try:
        return email_syntax.normalise(identity.email) if identity.email else None
    except ValueError:
        return None


def owner_of(uow: IdentityUnitOfWork, address: str | None, *, is_verified: bool) -> User | None:
    """Return the user who has a new identity's e-mail and may link it by their password.

    Raise EmailOfAnotherAccount if there is one who may not.
    """
    owner = uow.users.by_email(address) if address is not None else None
    if owner is None:
        return None
    if not is_verified or owner.password_hash is None:
        raise EmailOfAnotherAccount
    return owner


def new_user(identity: Identity, address: str | None, user_id: UserId, now: datetime) -> User:
    """Return the account of somebody who is here for the first time.

    Its e-mail is the address if the provider vouches for it, else there is none.
    """
    is_verified = address is not None and identity.email_verified
    user = User(
        id=user_id,
        email=address if is_verified else None,
        email_verified=is_verified,
        display_name=identity.display_name,
        created=now,
        issuer=identity.issuer,
        sub=identity.sub,
        locale=identity.language,
    )
    user.registered()
    return user


def proven(
    uow: IdentityUnitOfWork, seal: Seal, token: str | None, now: datetime
) -> ProvenIdentity:
    """Return who waits for a password with this token; raise InvalidLogin."""
    link = uow.account_links.get(hash_of(token)) if token else None
    if token is None or link is None or link.created <= now - LOGIN_LASTS:
        raise InvalidLogin
    content = seal.open(token, link.sealed)
    if content is None:
        raise InvalidLogin
    return ProvenIdentity(**json.loads(content))
