"""Send a browser to the identity provider."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from videohub_core.identity.entities import LoginAttempt, TakenLogin
from videohub_core.identity.ports import IdentityProvider, IdentityUnitOfWork, Seal
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, hash_of


@dataclass(frozen=True)
class BegunLogin:
    """Where the browser goes, and the secret it keeps until it comes back."""

    url: str
    browser: str


class BeginLogin:
    """Start a sign-in: only this browser can finish it, once, within `LOGIN_LASTS`."""

    def __init__(
        self,
        uow: IdentityUnitOfWork,
        provider: IdentityProvider,
        seal: Seal,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._provider = provider
        self._seal = seal
        self._ids = ids
        self._clock = clock

    def __call__(self, *, return_to: str, browser: str | None = None) -> BegunLogin:
        """Return where to go; raise ProviderUnavailable.

        `browser` is the secret that an earlier sign-in has left in this browser: two that
        are under way at once, in two windows, both end well.
        """
        state = self._ids.secret()
        login = TakenLogin(
            nonce=self._ids.secret(), verifier=self._ids.secret(), return_to=return_to
        )
        browser = browser or self._ids.secret()
        url = self._provider.begin(state=state, nonce=login.nonce, verifier=login.verifier)
        now = self._clock.now()
        with self._uow as uow:
            uow.login_attempts.remove_expired(now)
            uow.login_attempts.add(
                LoginAttempt(
                    state_hash=hash_of(state),
                    browser_hash=hash_of(browser),
                    sealed=self._seal.close(state, json.dumps(asdict(login)).encode()),
                    created=now,
                )
            )
            uow.commit()
        return BegunLogin(url, browser)
