"""Go on without signing in again."""

from __future__ import annotations

from videohub_core.accounts.errors import WrongCredentials
from videohub_core.accounts.policies import user_who_gets_in
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, hash_of
from videohub_core.tokens.entities import check_usable
from videohub_core.tokens.errors import InvalidRefreshToken
from videohub_core.tokens.ports import AccessTokens, TokensUnitOfWork
from videohub_core.tokens.use_cases.issue_tokens import TokenPair, add_refresh, sign_pair


class RefreshTokens:
    """Take a refresh token and give the next pair; the taken one is good for nothing more.

    One that comes a second time ends its whole family, whoever brings it.
    """

    def __init__(
        self, uow: TokensUnitOfWork, signer: AccessTokens, ids: Ids, clock: Clock
    ) -> None:
        self._uow = uow
        self._signer = signer
        self._ids = ids
        self._clock = clock

    def __call__(self, *, refresh_token: str) -> TokenPair:
        """Raise InvalidRefreshToken, or AccountBanned for the right token."""
        now = self._clock.now()
        with self._uow as uow:
            token_hash = hash_of(refresh_token)
            owner_id = uow.families.user_of(token_hash)
            if owner_id is None:
                raise InvalidRefreshToken
            # The user comes first, as for what ends every family of theirs.
            uow.users.get(owner_id)
            token = uow.families.refresh(token_hash)
            family = uow.families.get(token.family_id) if token is not None else None
            if token is None or family is None:
                raise InvalidRefreshToken
            try:
                check_usable(token, family, now)
            except InvalidRefreshToken:
                # That the family has ended outlives the refusal.
                uow.commit()
                raise
            try:
                user_who_gets_in(uow.users, family.user_id, now)
            except WrongCredentials:
                raise InvalidRefreshToken from None
            token.use(now)
            family.last_used = now
            refresh = add_refresh(uow, family, self._ids, now)
            uow.commit()
        return sign_pair(self._signer, family, refresh, now)
