"""What lets nobody in: tokens that are forged, for others, too old, or nonsense."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from adapters.identity import kept
from adapters.identity.keys import REFETCH_SECONDS
from adapters.identity.oidc import OidcProvider
from tests.fakes.simple import FakeClock
from tests.integration.oidc.conftest import DISCOVERY, Timer, finish, make_client
from tests.rogue_provider import (
    CLIENT_ID,
    RogueProvider,
    b64,
    key,
)
from videohub_core.accounts.errors import InvalidToken
from videohub_core.identity.errors import InvalidLogin

FORGED: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "a nonce of an odd kind": {"nonce": ["n"]},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another"},
    "no audience": {"aud": None},
    "an empty list of audiences": {"aud": []},
    "an audience of an odd kind": {"aud": {CLIENT_ID: 1}},
    "several audiences and nobody it is for": {"aud": [CLIENT_ID, "another"]},
    "several audiences, for another": {"aud": [CLIENT_ID, "another"], "azp": "another"},
    "one audience, for another": {"azp": "another"},
    "no sub": {"sub": None},
    "an empty sub": {"sub": ""},
    "a sub of an odd kind": {"sub": 7},
    "a long sub": {"sub": "7" * 256},
    "a sub with control characters": {"sub": "7\x00"},
    "no end": {"exp": None},
    "an end of an odd kind": {"exp": "tomorrow"},
    "no beginning": {"iat": None},
    "a hash of another access token": {"at_hash": b64(b"0" * 16)},
    "a hash of an odd kind": {"at_hash": 7},
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_token_with_a_wrong_claim_lets_nobody_in(
    provider: OidcProvider, rogue: RogueProvider, forged: str
) -> None:
    rogue.claims = FORGED[forged]
    with pytest.raises(InvalidLogin):
        finish(provider, rogue)


def test_a_token_for_several_may_be_for_the_hub(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.claims = {"aud": ["another", CLIENT_ID], "azp": CLIENT_ID}
    assert finish(provider, rogue).identity.sub == "7"


def test_the_hash_of_the_access_token_is_checked(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.claims = {"at_hash": b64(hashlib.sha256(b"opaque").digest()[:16])}
    assert finish(provider, rogue).access_token == "opaque"
    rogue.token_answer = {"access_token": "exchanged"}
    with pytest.raises(InvalidLogin):
        finish(provider, rogue)


@pytest.mark.parametrize(
    ("claim", "seconds", "is_good"),
    [
        ("exp", -59, True),
        ("exp", -60, False),
        ("exp", -3600, False),
        ("nbf", 60, True),
        ("nbf", 61, False),
        ("iat", 60, True),
        ("iat", 61, False),
    ],
)
def test_clocks_may_differ_by_a_minute(
    provider: OidcProvider, rogue: RogueProvider, claim: str, seconds: int, is_good: bool
) -> None:
    rogue.claims = {claim: rogue.now() + seconds}
    if is_good:
        assert finish(provider, rogue).identity.sub == "7"
    else:
        with pytest.raises(InvalidLogin):
            finish(provider, rogue)


def head(**header: Any) -> str:
    return b64(json.dumps(header).encode())


def hs256(rogue: RogueProvider, claims: dict[str, Any]) -> str:
    """Return a token that takes the public key, which everybody has, for a secret."""
    signed = f"{head(alg='HS256', kid='one')}.{b64(json.dumps(claims).encode())}"
    public = key("one").as_pem(private=False)
    return f"{signed}.{b64(hmac.digest(public, signed.encode(), hashlib.sha256))}"


def forgeries(rogue: RogueProvider) -> dict[str, str]:
    """Return tokens that say what is right and are signed by nobody who may."""
    claims = {**rogue.right_claims(), "nonce": "n"}
    body, evil = b64(json.dumps(claims).encode()), key("evil")
    changed = b64(json.dumps({**claims, "sub": "8"}).encode())
    first, _, last = rogue.signed(claims).split(".")
    return {
        "none": f"{head(alg='none', typ='JWT')}.{body}.",
        "none, with a signature": f"{head(alg='none', kid='one')}.{body}.{last}",
        "HS256 with the public key": hs256(rogue, claims),
        "another key of that name": rogue.signed(claims, evil, kid="one"),
        "changed afterwards": f"{first}.{changed}.{last}",
        "without its signature": f"{first}.{body}.",
        "its own key in the header": rogue.signed(
            claims, evil, jwk=evil.as_dict(private=False)
        ),
        "its keys elsewhere": rogue.signed(claims, evil, jku="https://evil.example/jwks"),
        "a critical extension": rogue.signed(claims, crit=["b64"], b64=False),
        "two parts": "a.b",
        "five parts": "a.b.c.d.e",
        "nonsense": "!!.??.~~",
        "a header that is a list": f"{b64(b'[]')}.{body}.x",
        "a name that is a list": f"{head(alg='RS256', kid=['one'])}.{body}.x",
        "an algorithm that is a list": f"{head(alg=['RS256'], kid='one')}.{body}.x",
        "an algorithm of nobody": f"{head(alg='RS257', kid='one')}.{body}.x",
        "no algorithm": f"{head(kid='one')}.{body}.x",
        "a deep header": f"{b64(b'[' * 3000)}.{body}.x",
        "deep claims": f"{head(alg='RS256')}.{b64(b'[' * 3000)}.x",
        "long": "a." + "b" * 100_000 + ".c",
        "surrogates": "\ud800.\ud800.\ud800",
        "blank": " ",
    }


FORGERIES = (
    "none",
    "none, with a signature",
    "HS256 with the public key",
    "another key of that name",
    "changed afterwards",
    "without its signature",
    "its own key in the header",
    "its keys elsewhere",
    "a critical extension",
    "two parts",
    "five parts",
    "nonsense",
    "a header that is a list",
    "a name that is a list",
    "an algorithm that is a list",
    "an algorithm of nobody",
    "no algorithm",
    "a deep header",
    "deep claims",
    "long",
    "surrogates",
    "blank",
)


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_token_lets_nobody_in(
    provider: OidcProvider, rogue: RogueProvider, how: str
) -> None:
    rogue.id_token = forgeries(rogue)[how]
    with pytest.raises(InvalidLogin):
        finish(provider, rogue)
    with pytest.raises(InvalidToken):
        provider.verify_access_token(rogue.id_token)


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "\ud800.\ud800.\ud800"])
def test_a_bearer_that_is_no_token_is_refused_without_asking(
    provider: OidcProvider, rogue: RogueProvider, token: str
) -> None:
    with pytest.raises(InvalidToken):
        provider.verify_access_token(token)
    assert rogue.asked == []


def test_only_the_algorithms_that_the_provider_names_are_good(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.header = {"alg": "RS512"}
    with pytest.raises(InvalidLogin):
        finish(provider, rogue)


def test_a_new_key_is_asked_for_once(
    rogue: RogueProvider, clock: FakeClock, timer: Timer
) -> None:
    provider = OidcProvider(make_client(rogue), clock, timer=timer)
    finish(provider, rogue)
    assert rogue.count("/jwks") == 1
    timer.pass_(REFETCH_SECONDS)
    rogue.keys = [key("two")]
    finish(provider, rogue)
    assert rogue.count("/jwks") == 2
    # The old one is gone. It is asked for again, but not by everybody who brings it.
    rogue.header = {"key": key("one")}
    for _ in range(5):
        with pytest.raises(InvalidLogin):
            finish(provider, rogue)
    assert rogue.count("/jwks") == 2
    timer.pass_(REFETCH_SECONDS)
    for _ in range(5):
        with pytest.raises(InvalidLogin):
            finish(provider, rogue)
    assert rogue.count("/jwks") == 3


def test_what_the_provider_says_of_itself_is_asked_once_an_hour(
    rogue: RogueProvider, clock: FakeClock, timer: Timer
) -> None:
    provider = OidcProvider(make_client(rogue), clock, timer=timer)
    for _ in range(3):
        finish(provider, rogue)
    timer.pass_(kept.HOUR - 1)
    finish(provider, rogue)
    assert (rogue.count(DISCOVERY), rogue.count("/jwks")) == (1, 1)
    timer.pass_(1)
    finish(provider, rogue)
    assert (rogue.count(DISCOVERY), rogue.count("/jwks")) == (2, 2)


def test_a_token_without_the_name_of_its_key(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.header = {"kid": None}
    finish(provider, rogue)


def test_a_token_without_the_name_of_one_of_many_keys(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.header = {"kid": None}
    rogue.keys.append(key("two"))
    with pytest.raises(InvalidLogin):
        finish(provider, rogue)


def test_keys_that_can_have_signed_nothing_are_passed_over(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    good = key("one").as_dict(private=False)
    odd = [
        None,
        [],
        {},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "one"},
        {"kty": "RSA", "kid": "one"},
        {"kty": "RSA", "kid": "one", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "kid": "one", "n": 7, "e": "AQAB"},
        {"kty": "EC", "kid": "one", "crv": "P-999", "x": "AQAB", "y": "AQAB"},
        {"kty": ["RSA"], "kid": "one"},
        {**good, "use": "enc"},
        {**good, "alg": "PS256"},
    ]
    rogue.breaks("/jwks", {"keys": [*odd, good]})
    finish(provider, rogue)


def test_every_forgery_is_tried(rogue: RogueProvider) -> None:
    assert tuple(forgeries(rogue)) == FORGERIES
