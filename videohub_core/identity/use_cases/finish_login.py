"""Let somebody in whom the identity provider knows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from videohub_core.accounts.entities import SignedIn, User
from videohub_core.accounts.errors import EmailTaken, IdentityTaken, InvalidToken
from videohub_core.accounts.policies import started_session
from videohub_core.accounts.ports import AccountReader
from videohub_core.identity.entities import (
    AccountLink,
    ProvenIdentity,
    TakenLogin,
)
from videohub_core.identity.errors import (
    EmailOfAnotherAccount,
    InvalidLogin,
    LoginDenied,
    ProviderUnavailable,
)
from videohub_core.identity.policies import address_of, new_user, owner_of
from videohub_core.identity.ports import (
    IdentityProvider,
    IdentityUnitOfWork,
    ProviderLogin,
    Seal,
)
from videohub_core.shared.clock import Clock
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.ids import Ids, UserId, hash_of

_PASSING = ("server_error", "temporarily_unavailable")


@dataclass(frozen=True)
class FinishedLogin:
    """A session; or, where an account has to be linked first, the secret of its link."""

    signed_in: SignedIn | None = None
    link: str | None = None


class FinishLogin:
    """End a sign-in. Whoever is here for the first time gets an account and a channel."""

    def __init__(
        self,
        uow: IdentityUnitOfWork,
        reader: AccountReader,
        provider: IdentityProvider,
        seal: Seal,
        email_syntax: EmailSyntax,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._reader = reader
        self._provider = provider
        self._seal = seal
        self._email_syntax = email_syntax
        self._ids = ids
        self._clock = clock

    def __call__(
        self,
        *,
        login: TakenLogin,
        code: str | None,
        error: str | None = None,
        issuer: str | None = None,
        replaces: str | None = None,
        client: str | None = None,
    ) -> FinishedLogin:
        """Return the new session, or what has to be linked first.

        `code`, `error` and `issuer` are what the browser brings; `replaces` is the token of
        the session it ends, `client` what the new one is used with. Raise InvalidLogin,
        LoginDenied, ProviderUnavailable, EmailOfAnotherAccount or AccountBanned.
        """
        if error in _PASSING:
            raise ProviderUnavailable
        if error:
            raise LoginDenied
        if not code:
            raise InvalidLogin
        known = self._completed(
            self._provider.finish(
                code=code, nonce=login.nonce, verifier=login.verifier, issuer=issuer
            )
        )
        try:
            return self._let_in(known, login.return_to, replaces, client)
        except (EmailTaken, IdentityTaken, EmailOfAnotherAccount):
            # Another request may have made the account meanwhile: now it is there.
            return self._let_in(known, login.return_to, replaces, client)

    def _completed(self, known: ProviderLogin) -> ProviderLogin:
        """Ask for what a new account is made of, where the id_token does not say it."""
        who = known.identity
        if who.is_complete or self._reader.by_identity(who.issuer, who.sub) is not None:
            return known
        try:
            told = self._provider.userinfo(access_token=known.access_token, sub=who.sub)
        except InvalidToken:
            raise InvalidLogin from None
        return replace(known, identity=who.completed(told))

    def _let_in(
        self, known: ProviderLogin, return_to: str, replaces: str | None, client: str | None
    ) -> FinishedLogin:
        who = known.identity
        token, now = self._ids.secret(), self._clock.now()
        with self._uow as uow:
            user = uow.users.by_identity(who.issuer, who.sub)
            if user is None:
                address = address_of(who, self._email_syntax)
                owner = owner_of(uow, address, is_verified=who.email_verified)
                if owner is not None:
                    link = self._waiting(uow, known, owner, return_to)
                    uow.commit()
                    return FinishedLogin(link=link)
                user = new_user(who, address, UserId(self._ids.new()), now)
                uow.users.add(user)
            signed_in = started_session(
                uow, user, token=token, now=now, replaces=replaces, client=client
            )
            uow.provider_sessions.add(
                hash_of(token), self._seal.close(token, known.id_token.encode())
            )
            uow.commit()
        return FinishedLogin(signed_in)

    def _waiting(
        self, uow: IdentityUnitOfWork, known: ProviderLogin, owner: User, return_to: str
    ) -> str:
        """Keep who they are at the provider until they bring the owner's password."""
        token, now = self._ids.secret(), self._clock.now()
        content = ProvenIdentity(
            issuer=known.identity.issuer,
            sub=known.identity.sub,
            id_token=known.id_token,
            user_id=owner.id,
            email=owner.email or "",
            return_to=return_to,
        )
        uow.account_links.remove_expired(now)
        uow.account_links.add(
            AccountLink(
                token_hash=hash_of(token),
                sealed=self._seal.close(token, json.dumps(asdict(content)).encode()),
                created=now,
            )
        )
        return token
