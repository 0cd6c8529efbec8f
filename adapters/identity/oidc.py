"""An OpenID provider: discovery, the code flow, tokens, signing out."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import quote, urlencode, urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from adapters.identity.door import REFUSALS, SECONDS, Door, NoAnswer, translated_errors
from adapters.identity.kept import Kept, Remembered
from adapters.identity.keys import SigningKeys, fetch_keys
from adapters.identity.metadata import ALGORITHMS, Metadata, fetch_metadata
from adapters.identity.tokens import SUB_MOST, BadToken, TokenReader, claimed, time_of
from videohub_core.accounts.errors import InvalidToken
from videohub_core.identity.entities import Identity
from videohub_core.identity.errors import InvalidLogin, ProviderUnavailable
from videohub_core.identity.ports import AccessClaims, ProviderLogin
from videohub_core.shared.clock import Clock

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 10.0
"""How long a checked access token is not checked again."""

_REMEMBERED_MOST = 2000
_CODE_MOST = 4000
_HINT_MOST = 4000
_OK = 200
_BASIC, _POST = "client_secret_basic", "client_secret_post"
_NOT_THIS_WAY = ("invalid_client", "unauthorized_client", "access_denied")
_NAMES = ("name", "preferred_username", "nickname")


@dataclass(frozen=True, kw_only=True)
class Client:
    """What the operator registered with the provider."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    audience: str | None = None
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    redirect_uri: str
    home: str
    """Where a browser comes back to when it has signed out."""
    is_auth0: bool = False
    federated_logout: bool = False
    plain: bool = False
    """Lets http to this machine through, for development."""


class OidcProvider:
    """`IdentityProvider` of any conforming issuer, Auth0 among them.

    Nothing is asked before it is needed, and nothing that failed is kept for long: the hub
    starts while the provider is down, and goes on by itself when it is back.
    """

    def __init__(
        self,
        client: Client,
        clock: Clock,
        seconds: float = SECONDS,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._clock = clock
        self._door = Door(plain=client.plain, seconds=seconds)
        self._metadata = Kept(
            lambda: fetch_metadata(self._door, client.issuer, plain=client.plain), timer
        )
        keys = Kept(lambda: fetch_keys(self._door, self._metadata.get().jwks_uri), timer)
        self._tokens = TokenReader(SigningKeys(keys), clock)
        remembered = REMEMBERED_SECONDS, _REMEMBERED_MOST, timer
        self._checked: Remembered[AccessClaims] = Remembered(*remembered)
        self._refused: Remembered[bool] = Remembered(*remembered)

    def begin(self, *, state: str, nonce: str, verifier: str) -> str:
        url, _ = self._session().create_authorization_url(
            self._known().authorization_endpoint,
            state=state,
            code_verifier=verifier,
            nonce=nonce,
        )
        return str(url)

    def finish(
        self, *, code: str, nonce: str, verifier: str, issuer: str | None
    ) -> ProviderLogin:
        known = self._known()
        if issuer != known.issuer and (issuer is not None or known.names_itself):
            _refuse("it comes from another issuer")
        if len(code) > _CODE_MOST:
            _refuse("the code is too long")
        tokens = self._redeemed(known, code, verifier)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            _refuse("the provider gave no id_token; is openid among the scopes?")
        try:
            claims = self._tokens.id_token(
                id_token,
                issuer=known.issuer,
                client_id=self._client.client_id,
                nonce=nonce,
                access_token=access_token,
                algorithms=known.algorithms,
            )
        except BadToken as error:
            _refuse(f"its id_token is refused: {error}")
        except NoAnswer as error:
            raise _unavailable(error) from error
        return ProviderLogin(_identity(known.issuer, claims), id_token, access_token)

    def userinfo(self, *, access_token: str, sub: str) -> Identity:
        known, key = self._known(), _digest(access_token)
        if known.userinfo_endpoint is None:
            return Identity(issuer=known.issuer, sub=sub)
        if self._refused.get(key):
            raise InvalidToken
        try:
            status, claims = self._door.get(known.userinfo_endpoint, bearer=access_token)
        except NoAnswer as error:
            raise _unavailable(error) from error
        if status == _OK and claims.get("sub") == sub:
            return _identity(known.issuer, claims)
        if status not in (_OK, *REFUSALS):
            raise _unavailable(NoAnswer(f"HTTP {status} for userinfo"))
        log.info("userinfo refuses an access token, or speaks of somebody else")
        self._refused.put(key, True)
        raise InvalidToken

    def verify_access_token(self, token: str) -> AccessClaims:
        key = _digest(token)
        if (checked := self._checked.get(key)) is not None:
            return checked
        audience = self._client.audience
        if audience is None or not _is_of(claimed(token), self._client.issuer):
            raise InvalidToken
        known = self._known()
        try:
            claims = self._tokens.access_token(
                token, issuer=known.issuer, audience=audience, algorithms=ALGORITHMS
            )
        except BadToken as error:
            log.info("an access token is refused: %s", error)
            raise InvalidToken from error
        except NoAnswer as error:
            raise _unavailable(error) from error
        made = AccessClaims(known.issuer, claims["sub"], time_of(claims["exp"]))
        left = (made.expires_at - self._clock.now()).total_seconds()
        self._checked.put(key, made, left)
        return made

    def logout_url(self, *, id_token: str | None) -> str | None:
        client = self._client
        if client.is_auth0:
            asked = {"client_id": client.client_id, "returnTo": client.home}
            federated = "&federated" if client.federated_logout else ""
            return f"{client.issuer.rstrip('/')}/v2/logout?{urlencode(asked)}{federated}"
        end = self._known().end_session_endpoint
        if end is None:
            return None
        asked = {"client_id": client.client_id, "post_logout_redirect_uri": client.home}
        if id_token is not None and len(id_token) <= _HINT_MOST:
            asked["id_token_hint"] = id_token
        return f"{end}{'&' if urlsplit(end).query else '?'}{urlencode(asked)}"

    def _known(self) -> Metadata:
        try:
            return self._metadata.get()
        except NoAnswer as error:
            raise _unavailable(error) from error

    def _session(self, way: str | None = None) -> Any:
        """Return an OAuth client. It lives for one call: it keeps what it is given."""
        client = self._client
        session = OAuth2Session(
            client_id=client.client_id,
            client_secret=client.client_secret,
            token_endpoint_auth_method=_encode_basic if way == _BASIC else way,
            scope=" ".join(client.scopes),
            redirect_uri=client.redirect_uri,
            code_challenge_method="S256",
        )
        return self._door.opened(session)

    def _redeemed(self, known: Metadata, code: str, verifier: str) -> Mapping[str, Any]:
        said = "it knows no way to prove who the hub is"
        for way in _client_auths(self._client, known):
            try:
                with translated_errors():
                    tokens: Mapping[str, Any] = self._session(way).fetch_token(
                        known.token_endpoint, code=code, code_verifier=verifier
                    )
            except OAuthError as error:
                word = str(error.error)
                if word == "invalid_grant":
                    _refuse("its code is refused")
                said = word if re.fullmatch("[a-z_]{1,40}", word) else "an odd error"
                if word not in _NOT_THIS_WAY:
                    break
            except NoAnswer as error:
                raise _unavailable(error) from error
            else:
                return tokens
        raise _unavailable(NoAnswer(f"it redeems no code for this hub: {said}"))


def _client_auths(client: Client, known: Metadata) -> Sequence[str]:
    """Return how the client may prove who it is, the likeliest first (RFC 6749, 2.3.1).

    Providers know several ways and take one of them from each client; a code is still good
    after the wrong one.
    """
    if client.client_secret is None:
        return ("none",)
    usual = (_POST, _BASIC) if client.is_auth0 else (_BASIC, _POST)
    return [way for way in usual if way in known.client_auth]


def _encode_basic(client: Any, _method: str, uri: str, headers: Any, body: Any) -> Any:
    """Add the credentials encoded as forms are, which the library leaves out."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return uri, headers, body


def _identity(issuer: str, claims: Mapping[str, Any]) -> Identity:
    def text(name: str) -> str | None:
        value = claims.get(name)
        return value if isinstance(value, str) and value.strip() else None

    return Identity(
        issuer=issuer,
        sub=str(claims["sub"])[:SUB_MOST],
        email=text("email"),
        # Some say it as a word.
        email_verified=str(claims.get("email_verified")).lower() == "true",
        names=tuple(name for name in map(text, _NAMES) if name is not None),
        locale=text("locale"),
    )


def _is_of(claims: Mapping[str, Any], issuer: str) -> bool:
    named = claims.get("iss")
    return isinstance(named, str) and named.rstrip("/") == issuer.rstrip("/")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _refuse(why: str) -> NoReturn:
    log.warning("a sign-in is refused: %s", why)
    raise InvalidLogin


def _unavailable(error: NoAnswer) -> ProviderUnavailable:
    log.warning("the identity provider does not answer: %s", error)
    return ProviderUnavailable()
