"""The adapter with real providers: the flow, its end, new keys, access tokens."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests

from adapters.identity.keys import REFETCH_SECONDS
from adapters.identity.oidc import Client, OidcProvider
from adapters.system_clock import SystemClock
from tests.end_to_end.providers import (
    AUDIENCE,
    CLIENT_ID,
    CLIENT_SECRET,
    PROVIDERS,
    Provider,
    brought_back,
    running_provider,
)
from tests.integration.oidc.conftest import Timer
from videohub_core.accounts.errors import InvalidToken
from videohub_core.identity.entities import Identity
from videohub_core.identity.errors import InvalidLogin

HUB = "http://localhost:6543"
VERIFIER = "verifier-of-at-least-forty-three-characters-x"


@pytest.fixture(scope="module", params=PROVIDERS)
def running(request: pytest.FixtureRequest) -> Iterator[Provider]:
    with running_provider(request.param, HUB) as provider:
        yield provider


@pytest.fixture
def certified() -> Iterator[Provider]:
    with running_provider(PROVIDERS[-1], HUB) as provider:
        yield provider


def adapter(running: Provider, timer: Timer | None = None) -> OidcProvider:
    client = Client(
        issuer=running.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        audience=AUDIENCE,
        redirect_uri=f"{HUB}/auth/callback",
        home=f"{HUB}/",
        plain=True,
    )
    return OidcProvider(client, SystemClock(), timer=timer or Timer())


def there_and_back(running: Provider, provider: OidcProvider, sub: str) -> dict[str, str]:
    """Sign in at the provider; return what the browser brings back."""
    url = provider.begin(state="the state", nonce="n", verifier=VERIFIER)
    with requests.Session() as http:
        target = running.sign_in(http, url, sub)
    assert target.startswith(f"{HUB}/auth/callback?")
    return brought_back(target)


def identity(running: Provider, provider: OidcProvider, sub: str) -> Identity:
    back = there_and_back(running, provider, sub)
    login = provider.finish(
        code=back["code"], nonce="n", verifier=VERIFIER, issuer=back.get("iss")
    )
    told = provider.userinfo(access_token=login.access_token, sub=login.identity.sub)
    return login.identity.completed(told)


def test_somebody_signs_in(running: Provider) -> None:
    who = identity(running, adapter(running), "anna")
    assert (who.issuer, who.sub) == (running.issuer, "anna")
    assert (who.email, who.email_verified) == ("Anna@example.test", True)
    assert (who.names[0], who.locale) == ("Анна Ёлкина", "ru")
    assert not identity(running, adapter(running), "clara").email_verified


def test_a_code_is_good_once(running: Provider) -> None:
    provider = adapter(running)
    back = there_and_back(running, provider, "anna")
    given = {"code": back["code"], "nonce": "n", "issuer": back.get("iss")}
    provider.finish(**given, verifier=VERIFIER)
    with pytest.raises(InvalidLogin):
        provider.finish(**given, verifier=VERIFIER)


def test_a_code_is_good_for_its_nonce(running: Provider) -> None:
    provider = adapter(running)
    back = there_and_back(running, provider, "anna")
    with pytest.raises(InvalidLogin):
        provider.finish(
            code=back["code"], nonce="another", verifier=VERIFIER, issuer=back.get("iss")
        )


def test_signing_out_leads_back(running: Provider) -> None:
    provider = adapter(running)
    url = provider.begin(state="s", nonce="n", verifier=VERIFIER)
    with requests.Session() as http:
        back = brought_back(running.sign_in(http, url, "anna"))
        login = provider.finish(
            code=back["code"], nonce="n", verifier=VERIFIER, issuer=back.get("iss")
        )
        leaving = provider.logout_url(id_token=login.id_token)
        assert leaving is not None
        assert running.sign_out(http, leaving) == f"{HUB}/"


def test_new_keys_are_learnt(certified: Provider) -> None:
    timer = Timer()
    provider = adapter(certified, timer)
    identity(certified, provider, "anna")
    if certified.kind == "certified":
        assert requests.post(f"{certified.issuer}/rotate", timeout=10).status_code == 200
    timer.pass_(REFETCH_SECONDS)
    assert identity(certified, provider, "anna").sub == "anna"


def program_token(running: Provider, resource: str | None) -> str:
    """Return an access token of a program that speaks to the hub's API for Anna."""
    challenge = hashlib.sha256(VERIFIER.encode()).digest()
    asked = {
        "client_id": "program",
        "redirect_uri": "http://localhost/program",
        "response_type": "code",
        "scope": "openid" if resource is None else "watch",
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    more = {} if resource is None else {"resource": resource}
    with requests.Session() as http:
        url = f"{running.issuer}/auth?{urlencode({**asked, **more})}"
        back = brought_back(running.sign_in(http, url, "anna"))
        redeemed = http.post(
            f"{running.issuer}/token",
            data={
                "grant_type": "authorization_code",
                "client_id": "program",
                "redirect_uri": asked["redirect_uri"],
                "code": back["code"],
                "code_verifier": VERIFIER,
                **more,
            },
            timeout=10,
        )
    return str(redeemed.json()["access_token"])


def test_access_tokens(running: Provider) -> None:
    provider = adapter(running)
    back = there_and_back(running, provider, "anna")
    login = provider.finish(
        code=back["code"], nonce="n", verifier=VERIFIER, issuer=back.get("iss")
    )
    # What the hub itself gets is for the provider, and no token for the hub.
    for token in (login.access_token, login.id_token):
        with pytest.raises(InvalidToken):
            provider.verify_access_token(token)
    if running.kind == "certified":
        claims = provider.verify_access_token(program_token(running, AUDIENCE))
        assert (claims.issuer, claims.sub) == (running.issuer, "anna")
        with pytest.raises(InvalidToken):
            provider.verify_access_token(program_token(running, None))
