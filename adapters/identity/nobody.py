"""No identity provider, for the hub that has none."""

from __future__ import annotations

from typing import NoReturn

from videohub_core.accounts.errors import InvalidToken
from videohub_core.identity.entities import Identity
from videohub_core.identity.errors import ProviderUnavailable
from videohub_core.identity.ports import AccessClaims, ProviderLogin


class NoProvider:
    """`IdentityProvider` that knows nobody."""

    def begin(self, *, state: str, nonce: str, verifier: str) -> str:
        self._refuse(state, nonce, verifier)

    def finish(
        self, *, code: str, nonce: str, verifier: str, issuer: str | None
    ) -> ProviderLogin:
        self._refuse(code, nonce, verifier, issuer)

    def userinfo(self, *, access_token: str, sub: str) -> Identity:
        self._refuse(access_token, sub)

    def verify_access_token(self, token: str) -> AccessClaims:
        del token
        raise InvalidToken

    def logout_url(self, *, id_token: str | None) -> str | None:
        del id_token
        return None

    def _refuse(self, *_given: str | None) -> NoReturn:
        raise ProviderUnavailable("This hub has no identity provider.")
