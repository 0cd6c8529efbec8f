"""Find out whose access token of the identity provider it is."""

from __future__ import annotations

import logging

from videohub_core.accounts.errors import EmailTaken, IdentityTaken, InvalidToken
from videohub_core.accounts.ports import AccountReader, UserView
from videohub_core.identity.policies import address_of, new_user
from videohub_core.identity.ports import AccessClaims, IdentityProvider, IdentityUnitOfWork
from videohub_core.shared.clock import Clock
from videohub_core.shared.email import EmailSyntax
from videohub_core.shared.ids import Ids, UserId

log = logging.getLogger(__name__)


class ReadProviderToken:
    """Return the user of an access token that the provider made for this hub.

    Whoever is here for the first time gets an account and a channel, as by a browser, save
    that there is nobody to ask for a password: a verified or claimed e-mail that has an
    account is refused. A banned user is returned, banned flag and all.
    """

    def __init__(
        self,
        uow: IdentityUnitOfWork,
        reader: AccountReader,
        provider: IdentityProvider,
        email_syntax: EmailSyntax,
        ids: Ids,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._reader = reader
        self._provider = provider
        self._email_syntax = email_syntax
        self._ids = ids
        self._clock = clock

    def __call__(self, *, token: str) -> UserView:
        """Raise InvalidToken or ProviderUnavailable."""
        claims = self._provider.verify_access_token(token)
        user = self._reader.by_identity(claims.issuer, claims.sub)
        if user is None:
            self._register(token, claims)
            user = self._reader.by_identity(claims.issuer, claims.sub)
        if user is None:
            raise InvalidToken
        return user

    def _register(self, token: str, claims: AccessClaims) -> None:
        who = self._provider.userinfo(access_token=token, sub=claims.sub)
        address = address_of(who, self._email_syntax)
        user = new_user(who, address, UserId(self._ids.new()), self._clock.now())
        with self._uow as uow:
            # In this order: an account that another request makes meanwhile has both.
            has_account = address is not None and uow.users.by_email(address) is not None
            if uow.users.by_identity(claims.issuer, claims.sub) is not None:
                return
            if has_account:
                log.warning("an access token is refused: its e-mail has another account")
                raise InvalidToken("Sign in with a browser first: the e-mail has an account.")
            try:
                uow.users.add(user)
            except (EmailTaken, IdentityTaken):
                # Another request was quicker still; whoever has the identity is found.
                return
            uow.commit()
