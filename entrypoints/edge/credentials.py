"""The name of a credential, for what ends together with it.

It says which session or token it is, and lets nobody in: where that is a hash, it is one of
a secret that cannot be guessed.
"""

from __future__ import annotations

from typing import Any

from entrypoints.edge.actor import Caller
from videohub_core.accounts.errors import InvalidToken, NoSuchUser
from videohub_core.shared.ids import FamilyId, UserId, hash_of
from videohub_core.tokens.entities import PERSONAL_PREFIX

_SESSION, _PERSONAL, _FAMILY, _PROVIDER = "session", "personal", "client", "user"


def name_of(container: Any, caller: Caller, authorization: str | None) -> str:
    """Return the name of the credential that a caller has sent."""
    if caller.session is not None:
        return f"{_SESSION}-{caller.session.token_hash}"
    token = (authorization or "").partition(" ")[2].strip()
    if token.startswith(PERSONAL_PREFIX):
        return f"{_PERSONAL}-{hash_of(token)}"
    try:
        return f"{_FAMILY}-{container.signer().verify(token).family_id}"
    except InvalidToken:
        # The provider's, which it alone can take back.
        assert caller.viewer is not None
        return f"{_PROVIDER}-{caller.viewer.id}"


def caller_by_name(container: Any, name: str) -> Caller | None:
    """Return whose credential it is, None if it is not good any more."""
    kind, _, reference = name.partition("-")
    if kind == _SESSION:
        session = container.read_session().by_hash(token_hash=reference)
        return None if session is None else Caller(session.user, is_bearer=True)
    try:
        if kind == _PERSONAL:
            access = container.read_personal_token().by_hash(token_hash=reference)
            return Caller(access.user, scopes=access.scopes, is_bearer=True)
        if kind == _FAMILY:
            user = container.read_access_token().of_family(family_id=FamilyId(reference))
        else:
            user = container.read_user()(user_id=UserId(reference))
    except (InvalidToken, NoSuchUser):
        return None
    return Caller(user, is_bearer=True)
