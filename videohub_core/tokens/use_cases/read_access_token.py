"""Find out whose access token it is."""

from __future__ import annotations

from videohub_core.accounts.errors import InvalidToken
from videohub_core.accounts.ports import UserView
from videohub_core.shared.ids import FamilyId
from videohub_core.tokens.ports import AccessTokens, TokenReader


class ReadAccessToken:
    """Return the user of an access token of ours; raise InvalidToken.

    A banned user is returned, banned flag and all: whoever asks has to say so.
    """

    def __init__(self, signer: AccessTokens, reader: TokenReader) -> None:
        self._signer = signer
        self._reader = reader

    def __call__(self, *, token: str) -> UserView:
        claims = self._signer.verify(token)
        user = self._reader.owner(claims.family_id)
        if user is None or user.id != claims.user_id:
            raise InvalidToken
        return user

    def of_family(self, *, family_id: FamilyId) -> UserView:
        """Return the user of a family of tokens that has not ended; raise InvalidToken."""
        user = self._reader.owner(family_id)
        if user is None:
            raise InvalidToken
        return user
