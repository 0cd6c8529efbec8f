"""What settings say of the identity provider, and what they must not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

AUTH0 = "auth0"
GENERIC = "generic"

_ISSUER_MOST = 255


def issuer(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ValueError(f"{text!r} is not a URL that starts with https://.")
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f"{text!r} is not an issuer such as https://login.example.org.")
    if len(text) > _ISSUER_MOST:
        raise ValueError(f"it has more than {_ISSUER_MOST} characters.")
    return text


def scopes(text: str) -> tuple[str, ...]:
    found = tuple(text.replace(",", " ").split())
    if "openid" not in found:
        raise ValueError("openid is not among the scopes.")
    return found


def preset(text: str) -> str:
    if text not in (AUTH0, GENERIC):
        raise ValueError(f"{text!r} is neither {AUTH0} nor {GENERIC}.")
    return text


def preset_of(issuer: str | None) -> str:
    """Return what kind of provider an issuer is by itself."""
    host = urlsplit(issuer or "").hostname or ""
    return AUTH0 if host.endswith(".auth0.com") else GENERIC


def name_of(issuer: str | None, preset: str | None) -> str:
    """Return what a provider is called where the operator does not say it."""
    return "Auth0" if preset == AUTH0 else urlsplit(issuer or "").hostname or ""


def contradictions(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the settings of the identity provider lack or deny."""
    issuer, client_id = settings["oidc_issuer"], settings["oidc_client_id"]
    if issuer is None:
        for name in ("oidc_client_id", "oidc_client_secret", "oidc_audience"):
            if settings[name] is not None:
                yield f"VIDEOHUB_{name.upper()} is of no use without VIDEOHUB_OIDC_ISSUER."
        return
    if client_id is None:
        yield "VIDEOHUB_OIDC_CLIENT_ID is missing: the issuer asks for it."
    if issuer.startswith("http://") and not settings["development"]:
        yield "VIDEOHUB_OIDC_ISSUER: http is for development only, use https."
    if client_id is not None and settings["oidc_audience"] == client_id:
        yield (
            "VIDEOHUB_OIDC_AUDIENCE is the client id: an id_token would pass for an access "
            "token. Name the API that the provider knows the hub by."
        )
    if settings["oidc_federated_logout"] and settings["oidc_preset"] != AUTH0:
        yield "VIDEOHUB_OIDC_FEDERATED_LOGOUT is for Auth0 alone."
