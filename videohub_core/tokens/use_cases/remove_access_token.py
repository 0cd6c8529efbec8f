"""Take a key back."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import AccessTokenId
from videohub_core.tokens.errors import NoSuchToken
from videohub_core.tokens.ports import TokensUnitOfWork


class RemoveAccessToken:
    """Delete a personal token of the actor's: from the commit on it is good for nothing."""

    def __init__(self, uow: TokensUnitOfWork) -> None:
        self._uow = uow

    def __call__(self, *, actor: Actor, token_id: AccessTokenId) -> None:
        with self._uow as uow:
            token = uow.access_tokens.get(token_id)
            if token is None or token.user_id != actor.id:
                raise NoSuchToken
            uow.access_tokens.remove(token)
            uow.commit()
