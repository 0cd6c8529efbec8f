"""There and back: what is asked of the provider, and what is made of its answer."""

from __future__ import annotations

import base64
import logging
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from adapters.identity.oidc import OidcProvider
from tests.fakes.simple import FakeClock
from tests.integration.oidc.conftest import VERIFIER, finish, make_client
from tests.rogue_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    RogueProvider,
    key,
    reply,
)
from videohub_core.accounts.errors import InvalidToken
from videohub_core.identity.errors import InvalidLogin, ProviderUnavailable


def test_a_browser_is_sent_with_all_that_binds_it(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    url = urlsplit(provider.begin(state="s", nonce="n", verifier=VERIFIER))
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{rogue.url}/authorize"
    challenge = asked.pop("code_challenge")
    assert challenge not in (VERIFIER, "")
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": "http://localhost:6543/auth/callback",
        "scope": "openid profile email",
        "state": "s",
        "nonce": "n",
        "code_challenge_method": "S256",
    }


def test_a_code_is_redeemed_with_secret_and_verifier(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    login = finish(provider, rogue, code="the code")
    who = login.identity
    assert (who.issuer, who.sub) == (rogue.url, "7")
    assert (who.email, who.email_verified) == ("anna@example.test", True)
    assert who.names == ("Анна Ёлкина",)
    assert rogue.form() == {
        "grant_type": "authorization_code",
        "code": "the code",
        "code_verifier": VERIFIER,
        "redirect_uri": "http://localhost:6543/auth/callback",
    }
    sent = rogue.headers("/token")["Authorization"].removeprefix("Basic ")
    name, _, secret = base64.b64decode(sent).decode().partition(":")
    assert (name, unquote(secret)) == (CLIENT_ID, CLIENT_SECRET)


def test_a_provider_may_want_the_secret_in_the_form(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    finish(provider, rogue)
    assert rogue.form()["client_secret"] == CLIENT_SECRET
    assert "Authorization" not in rogue.headers("/token")


def tell_basic_no(rogue: RogueProvider, error: str) -> None:
    """Take a secret in the form only, as Auth0 does by default."""
    rogue.metadata["token_endpoint_auth_methods_supported"] = [
        "client_secret_basic",
        "client_secret_post",
    ]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers["Authorization"]:
            reply(handler, {"error": error}, 401)
        else:
            rogue._token(handler)

    rogue.answers["/token"] = answer


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "access_denied"])
def test_another_way_to_show_the_secret_is_tried(
    provider: OidcProvider, rogue: RogueProvider, error: str
) -> None:
    tell_basic_no(rogue, error)
    assert finish(provider, rogue).identity.sub == "7"
    assert rogue.count("/token") == 2


def test_auth0_wants_the_secret_in_the_form(rogue: RogueProvider, clock: FakeClock) -> None:
    tell_basic_no(rogue, "access_denied")
    finish(OidcProvider(make_client(rogue, is_auth0=True), clock), rogue)
    assert rogue.count("/token") == 1


def test_a_provider_that_wants_another_kind_of_proof(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.metadata["token_endpoint_auth_methods_supported"] = ["private_key_jwt"]
    with pytest.raises(ProviderUnavailable):
        finish(provider, rogue)


def test_a_public_client_has_no_secret(rogue: RogueProvider, clock: FakeClock) -> None:
    finish(OidcProvider(make_client(rogue, client_secret=None), clock), rogue)
    assert rogue.form()["client_id"] == CLIENT_ID
    assert "client_secret" not in rogue.form()
    assert "Authorization" not in rogue.headers("/token")


@pytest.mark.parametrize(
    "alg", ["RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
)
def test_every_way_to_sign_that_is_allowed(
    provider: OidcProvider, rogue: RogueProvider, alg: str
) -> None:
    made = {"ES256": ("EC", "P-256"), "ES384": ("EC", "P-384")}.get(alg, ("OKP", "Ed25519"))
    signer = key(f"for {alg}", *made) if alg[0] == "E" else key("one")
    rogue.keys = [signer]
    rogue.metadata["id_token_signing_alg_values_supported"] = [alg]
    rogue.header = {"alg": alg}
    assert finish(provider, rogue).identity.sub == "7"


def test_names_come_in_their_order_and_words_for_truth_are_read(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.claims = {"name": "A", "nickname": "C", "preferred_username": "B", "locale": "ru"}
    rogue.claims["email_verified"] = "true"
    who = finish(provider, rogue).identity
    assert (who.names, who.locale, who.email_verified) == (("A", "B", "C"), "ru", True)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": 7, "name": ["x"], "locale": {}, "email_verified": "yes"},
        {"email": "", "name": " ", "locale": None, "email_verified": 1},
    ],
)
def test_claims_of_odd_kinds_say_nothing(
    provider: OidcProvider, rogue: RogueProvider, claims: dict[str, Any]
) -> None:
    rogue.claims = claims
    who = finish(provider, rogue).identity
    assert (who.email, who.email_verified, who.names, who.locale) == (None, False, (), None)


def test_a_code_is_good_once(provider: OidcProvider, rogue: RogueProvider) -> None:
    rogue.breaks("/token", {"error": "invalid_grant", "error_description": "used"}, 400)
    with pytest.raises(InvalidLogin):
        finish(provider, rogue)


@pytest.mark.parametrize("error", ["invalid_client", "server_error", ["x"], "<script>"])
def test_a_hub_that_the_provider_does_not_know(
    provider: OidcProvider,
    rogue: RogueProvider,
    error: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    rogue.breaks("/token", {"error": error}, 401)
    with pytest.raises(ProviderUnavailable):
        finish(provider, rogue)
    assert "redeems no code" in caplog.text
    assert "<script>" not in caplog.text


@pytest.mark.parametrize("missing", ["id_token", "access_token"])
def test_a_provider_that_gives_too_little(
    provider: OidcProvider, rogue: RogueProvider, missing: str
) -> None:
    rogue.token_answer = {missing: None}
    with pytest.raises(InvalidLogin):
        finish(provider, rogue)


def test_the_issuer_beside_the_code_has_to_be_right(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    finish(provider, rogue, issuer=rogue.url)
    with pytest.raises(InvalidLogin):
        finish(provider, rogue, issuer="https://evil.example")
    finish(provider, rogue)


def test_a_provider_that_names_itself_has_to(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    rogue.metadata["authorization_response_iss_parameter_supported"] = True
    with pytest.raises(InvalidLogin):
        finish(provider, rogue)
    finish(provider, rogue, issuer=rogue.url)


def test_a_code_that_is_too_long_is_not_sent(
    provider: OidcProvider, rogue: RogueProvider
) -> None:
    with pytest.raises(InvalidLogin):
        finish(provider, rogue, code="c" * 5000)
    assert rogue.count("/token") == 0


def test_the_slash_at_the_end_of_an_issuer_is_the_providers(
    rogue: RogueProvider, clock: FakeClock
) -> None:
    # Auth0 has one, and nobody remembers.
    rogue.metadata["issuer"] = f"{rogue.url}/"
    rogue.claims = {"iss": f"{rogue.url}/"}
    login = finish(OidcProvider(make_client(rogue), clock), rogue)
    assert login.identity.issuer == f"{rogue.url}/"
    rogue.claims = {"iss": rogue.url}
    with pytest.raises(InvalidLogin):
        finish(OidcProvider(make_client(rogue), clock), rogue)


def test_signing_out_at_the_provider(provider: OidcProvider, rogue: RogueProvider) -> None:
    url = urlsplit(provider.logout_url(id_token="x.y.z") or "")
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{rogue.url}/logout"
    assert parse_qs(url.query) == {
        "client_id": [CLIENT_ID],
        "post_logout_redirect_uri": ["http://localhost:6543/"],
        "id_token_hint": ["x.y.z"],
    }
    assert "id_token_hint" not in (provider.logout_url(id_token=None) or "")
    assert "id_token_hint" not in (provider.logout_url(id_token="x" * 5000) or "")


def test_a_logout_with_a_query_of_its_own(provider: OidcProvider, rogue: RogueProvider) -> None:
    rogue.metadata["end_session_endpoint"] = f"{rogue.url}/logout?p=1"
    assert (provider.logout_url(id_token=None) or "").startswith(f"{rogue.url}/logout?p=1&")


def test_a_provider_without_a_logout(provider: OidcProvider, rogue: RogueProvider) -> None:
    rogue.metadata["end_session_endpoint"] = None
    assert provider.logout_url(id_token="x.y.z") is None


@pytest.mark.parametrize("federated", [True, False])
def test_auth0_signs_out_in_a_way_of_its_own(
    rogue: RogueProvider, clock: FakeClock, federated: bool
) -> None:
    client = make_client(
        rogue,
        issuer="https://school.eu.auth0.com/",
        is_auth0=True,
        federated_logout=federated,
    )
    url = OidcProvider(client, clock).logout_url(id_token="x.y.z")
    assert url == (
        "https://school.eu.auth0.com/v2/logout?client_id=hub"
        "&returnTo=http%3A%2F%2Flocalhost%3A6543%2F" + ("&federated" if federated else "")
    )


def test_no_secret_is_logged_or_shown(
    provider: OidcProvider,
    rogue: RogueProvider,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    rogue.claims = {"aud": "another"}
    with pytest.raises(InvalidLogin) as refused:
        finish(provider, rogue, code="the-code")
    rogue.answers["/token"] = lambda handler: reply(handler, b"the-body", 500)
    with pytest.raises(ProviderUnavailable) as unavailable:
        finish(provider, rogue, code="the-code")
    with pytest.raises(InvalidToken):
        provider.verify_access_token(rogue.access_token(aud="another"))
    shown = caplog.text + str(refused.value) + str(unavailable.value) + repr(provider)
    shown += repr(make_client(rogue))
    for secret in (CLIENT_SECRET, "the-code", VERIFIER, "anna@example.test", "the-body"):
        assert secret not in shown
