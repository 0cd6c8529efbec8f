"""What a provider says of itself (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.discovery import get_well_known_url

from adapters.identity.door import Door, NoAnswer, is_allowed

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""How a token may be signed: with a private key, so never `none` and never HS256."""

_OK = 200


@dataclass(frozen=True)
class Metadata:
    """The parts of the document that the hub uses, checked."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    algorithms: frozenset[str]
    """How its id_tokens are signed, of those that are allowed."""
    client_auth: frozenset[str]
    """How a client may prove at the token endpoint who it is."""
    names_itself: bool
    """Says that whoever comes back brings the issuer along (RFC 9207)."""


def fetch_metadata(door: Door, issuer: str, *, plain: bool) -> Metadata:
    """Ask a provider for its document; raise NoAnswer."""
    status, document = door.get(get_well_known_url(issuer, external=True))
    if status != _OK:
        raise NoAnswer(f"HTTP {status} for the discovery document")
    return read_metadata(document, issuer, plain=plain)


def read_metadata(document: Mapping[str, Any], issuer: str, *, plain: bool) -> Metadata:
    """Return what a provider's document says; raise NoAnswer if it is another's, or wrong.

    A slash at the end is the one liberty that the operator has with the issuer: the
    document stands at the same address with and without it.
    """
    named = document.get("issuer")
    if not isinstance(named, str) or named.rstrip("/") != issuer.rstrip("/"):
        raise NoAnswer("the discovery document names another issuer")

    def url(name: str) -> str | None:
        value = document.get(name)
        if value is not None and not is_allowed(value, plain=plain):
            raise NoAnswer(f"the {name} of the discovery document is no address for the hub")
        return value

    def needed(name: str) -> str:
        value = url(name)
        if value is None:
            raise NoAnswer(f"the discovery document has no {name}")
        return value

    signed_by = _words(document, "id_token_signing_alg_values_supported") or {"RS256"}
    algorithms = signed_by & set(ALGORITHMS)
    if not algorithms:
        raise NoAnswer("the provider signs in no way that the hub accepts")
    auth = _words(document, "token_endpoint_auth_methods_supported")
    return Metadata(
        issuer=named,
        authorization_endpoint=needed("authorization_endpoint"),
        token_endpoint=needed("token_endpoint"),
        jwks_uri=needed("jwks_uri"),
        userinfo_endpoint=url("userinfo_endpoint"),
        end_session_endpoint=url("end_session_endpoint"),
        algorithms=frozenset(algorithms),
        client_auth=frozenset(auth or {"client_secret_basic"}),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _words(document: Mapping[str, Any], name: str) -> set[str]:
    values = document.get(name)
    if not isinstance(values, list):
        return set()
    return {value for value in values if isinstance(value, str)}
