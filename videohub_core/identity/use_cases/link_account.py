"""Let an account be somebody's at the identity provider too."""

from __future__ import annotations

from dataclasses import dataclass

from videohub_core.accounts.entities import SignedIn
from videohub_core.accounts.errors import WrongCredentials
from videohub_core.accounts.policies import started_session
from videohub_core.accounts.ports import AccountReader, PasswordHasher
from videohub_core.identity.errors import InvalidLogin
from videohub_core.identity.policies import proven
from videohub_core.identity.ports import IdentityUnitOfWork, Seal
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, hash_of


@dataclass(frozen=True)
class LinkedAccount:
    """A session, and the page that the sign-in began on."""

    signed_in: SignedIn
    return_to: str


class LinkAccount:
    """Link an account for whoever has both its verified e-mail and its password.

    Somebody at another provider, or another one at this provider, who was linked with it
    before is not any more: the password decides.
    """

    def __init__(
        self,
        uow: IdentityUnitOfWork,
        reader: AccountReader,
        passwords: PasswordHasher,
        seal: Seal,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._reader = reader
        self._passwords = passwords
        self._seal = seal
        self._ids = ids
        self._clock = clock

    def __call__(
        self,
        *,
        token: str | None,
        password: str,
        replaces: str | None = None,
        client: str | None = None,
    ) -> LinkedAccount:
        """Return a session; `token` is the link's, `replaces` that of the session it ends.

        `client` is what the new session is used with.
        Raise InvalidLogin, WrongCredentials, AccountBanned after the right password, or
        IdentityTaken.
        """
        with self._uow as uow:
            waiting = proven(uow, self._seal, token, self._clock.now())
        user_id, password_hash = self._reader.password_of(waiting.email) or (None, None)
        if not self._passwords.verify(password_hash, password):
            raise WrongCredentials
        if user_id != waiting.user_id:
            # The e-mail has become another account's meanwhile.
            raise InvalidLogin
        fresh, now = self._ids.secret(), self._clock.now()
        with self._uow as uow:
            if uow.account_links.take(hash_of(token or "")) is None:
                raise InvalidLogin
            user = uow.users.get(waiting.user_id)
            if user is None:
                raise InvalidLogin
            if user.password_hash != password_hash:
                # It was replaced while this one was looked at.
                raise WrongCredentials
            signed_in = started_session(
                uow, user, token=fresh, now=now, replaces=replaces, client=client
            )
            uow.users.identify(user, waiting.issuer, waiting.sub)
            user.email_verified = True
            uow.provider_sessions.add(
                hash_of(fresh), self._seal.close(fresh, waiting.id_token.encode())
            )
            uow.commit()
        return LinkedAccount(signed_in, waiting.return_to)
