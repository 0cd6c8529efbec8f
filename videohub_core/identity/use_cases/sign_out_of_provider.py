"""End a session here, and say where it ends at the identity provider."""

from __future__ import annotations

from videohub_core.identity.errors import ProviderUnavailable
from videohub_core.identity.ports import IdentityProvider, IdentityUnitOfWork, Seal
from videohub_core.shared.ids import hash_of


class SignOutOfProvider:
    """End the session of a token; return where the browser signs out of the provider.

    None if the session did not begin there, or the provider has no such place or does not
    answer: being signed out here does not depend on it.
    """

    def __init__(self, uow: IdentityUnitOfWork, provider: IdentityProvider, seal: Seal) -> None:
        self._uow = uow
        self._provider = provider
        self._seal = seal

    def __call__(self, *, token: str) -> str | None:
        with self._uow as uow:
            sealed = uow.provider_sessions.get(hash_of(token))
            session = uow.sessions.get(hash_of(token))
            if session is not None:
                uow.sessions.remove(session)
                uow.commit()
        if sealed is None:
            return None
        id_token = self._seal.open(token, sealed)
        try:
            return self._provider.logout_url(id_token=id_token.decode() if id_token else None)
        except ProviderUnavailable:
            return None
