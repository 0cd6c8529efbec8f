"""The provider's access tokens for the hub, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.identity.oidc import OidcProvider
from tests.fakes.simple import FakeClock
from tests.integration.oidc.conftest import finish, make_client
from tests.rogue_provider import (
    AUDIENCE,
    CLIENT_ID,
    RogueProvider,
    key,
)
from videohub_core.accounts.errors import InvalidToken
from videohub_core.identity.errors import ProviderUnavailable


def test_userinfo_says_more(provider: OidcProvider, rogue: RogueProvider) -> None:
    who = provider.userinfo(access_token="opaque", sub="7")
    assert (who.email, who.names) == ("anna@example.test", ("Анна Ёлкина",))
    assert rogue.headers("/userinfo")["Authorization"] == "Bearer opaque"


@pytest.mark.parametrize("status", [400, 401, 403])
def test_userinfo_that_refuses_is_asked_once(
    provider: OidcProvider, rogue: RogueProvider, status: int
) -> None:
    rogue.breaks("/userinfo", b"Unauthorized", status, content_type="text/plain")
    for _ in range(3):
        with pytest.raises(InvalidToken):
            provider.userinfo(access_token="opaque", sub="7")
    assert rogue.count("/userinfo") == 1


def test_userinfo_of_somebody_else_says_nothing(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.userinfo = {"sub": "8"}
    with pytest.raises(InvalidToken):
        provider.userinfo(access_token="opaque", sub="7")


@pytest.mark.parametrize("status", [500, 429])
def test_userinfo_that_is_broken_is_no_refusal(
    provider: OidcProvider, rogue: RogueProvider, status: int
) -> None:
    rogue.breaks("/userinfo", {}, status)
    with pytest.raises(ProviderUnavailable):
        provider.userinfo(access_token="opaque", sub="7")
    rogue.answers.clear()
    provider.userinfo(access_token="opaque", sub="7")


def test_a_provider_without_userinfo(provider: OidcProvider, rogue: RogueProvider) -> None:
    rogue.metadata["userinfo_endpoint"] = None
    who = provider.userinfo(access_token="opaque", sub="7")
    assert (who.sub, who.email, who.names) == ("7", None, ())


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT"])
def test_an_access_token_for_the_hub_is_good(
    provider: OidcProvider, rogue: RogueProvider, typ: str
) -> None:
    claims = provider.verify_access_token(rogue.access_token(header={"typ": typ}))
    assert (claims.issuer, claims.sub) == (rogue.url, "7")
    provider.verify_access_token(rogue.access_token(aud=["another", AUDIENCE]))


ACCESS_FORGED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "https://another.example/api"},
    "the client": {"aud": CLIENT_ID},
    "no audience": {"aud": None},
    "no sub": {"sub": None},
    "no end": {"exp": None},
    "an id_token's nonce": {"nonce": "n"},
    "an id_token's hash": {"at_hash": "x"},
    "no type": {"header": {"typ": None}},
    "a logout token": {"header": {"typ": "logout+jwt"}},
    "a type of an odd kind": {"header": {"typ": "x"}},
    "another key": {"key": key("evil")},
}


@pytest.mark.parametrize("forged", ACCESS_FORGED)
def test_an_access_token_that_is_none_of_the_hubs(
    provider: OidcProvider, rogue: RogueProvider, forged: str
) -> None:
    token = rogue.access_token(**ACCESS_FORGED[forged])
    with pytest.raises(InvalidToken):
        provider.verify_access_token(token)


def test_an_id_token_is_no_access_token(provider: OidcProvider, rogue: RogueProvider) -> None:
    with pytest.raises(InvalidToken):
        provider.verify_access_token(finish(provider, rogue).id_token)


@pytest.mark.parametrize(("seconds", "is_good"), [(-59, True), (-60, False)])
def test_an_access_token_ends(
    provider: OidcProvider, rogue: RogueProvider, seconds: int, is_good: bool
) -> None:
    token = rogue.access_token(exp=rogue.now() + seconds)
    if is_good:
        provider.verify_access_token(token)
    else:
        with pytest.raises(InvalidToken):
            provider.verify_access_token(token)


def test_an_access_token_for_ever_is_good(provider: OidcProvider, rogue: RogueProvider) -> None:
    assert provider.verify_access_token(rogue.access_token(exp=10**18)).expires_at.year == 9999


def test_a_token_of_somebody_else_is_told_without_asking(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    with pytest.raises(InvalidToken):
        provider.verify_access_token(rogue.access_token(iss="https://evil.example"))
    assert rogue.asked == []


def test_without_an_audience_no_access_token_is_good(
    rogue: RogueProvider, clock: FakeClock
) -> None:
    provider = OidcProvider(make_client(rogue, audience=None), clock)
    with pytest.raises(InvalidToken):
        provider.verify_access_token(rogue.access_token())
    assert rogue.asked == []


def test_an_access_token_is_503_while_the_keys_cannot_be_had(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.breaks("/jwks", {}, 500)
    with pytest.raises(ProviderUnavailable):
        provider.verify_access_token(rogue.access_token())


def test_an_access_token_is_not_checked_each_time(
    provider: OidcProvider, rogue: RogueProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = rogue.access_token()
    first = provider.verify_access_token(token)
    monkeypatch.setattr(provider._tokens, "access_token", None)
    assert provider.verify_access_token(token) == first
