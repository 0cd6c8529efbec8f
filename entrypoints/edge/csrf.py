"""Cross-site request forgery: a token bound to the cookie it protects.

The token is an HMAC of the session's cookie, or of a random pre-session cookie where
there is no session yet, so nothing has to be stored and signing in replaces both
(OWASP, Signed Double-Submit Cookie). An Origin header, where there is one, must be ours.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from entrypoints.edge.actor import Caller
from entrypoints.edge.errors import CsrfFailed
from entrypoints.settings import Settings

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def presession_cookie(*, behind_tls: bool) -> str:
    """Return the name of the cookie that stands in before there is a session."""
    return "__Host-hub_presession" if behind_tls else "hub_presession"


def make_token(secret: bytes, cookie: str) -> str:
    """Return the token that goes with a session or pre-session cookie."""
    digest = hmac.digest(secret, b"csrf " + cookie.encode("utf-8", "replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def check(
    *,
    secret: bytes,
    settings: Settings,
    caller: Caller,
    cookies: Mapping[str, str],
    headers: Mapping[str, str],
    host: str,
    sent: str | None,
) -> None:
    """Raise CsrfFailed unless `sent` goes with the cookie and the Origin is ours.

    A bearer token is sent by a program on purpose, never by a browser on its own.
    """
    if caller.is_bearer:
        return
    cookie = caller.token or cookies.get(presession_cookie(behind_tls=settings.behind_tls))
    if not cookie or not sent:
        raise CsrfFailed
    expected = make_token(secret, cookie).encode()
    if not hmac.compare_digest(expected, sent.encode("utf-8", "replace")):
        raise CsrfFailed
    origin = headers.get("Origin")
    if origin is not None and not is_own_origin(settings, origin, host):
        raise CsrfFailed("The request comes from a page of another site.")


def is_own_origin(settings: Settings, origin: str, host: str) -> bool:
    """Tell whether a page of that origin is one of ours.

    In development, a hub opened by its loopback or LAN address is ours as well.
    """
    if origin == settings.public_url or origin in settings.cors_origins:
        return True
    try:
        parts = urlsplit(origin)
        name = parts.hostname or ""
    except ValueError:
        return False
    own_host = parts.scheme in ("http", "https") and parts.netloc == host
    return own_host and settings.development and _is_private(name)


def is_own_host(settings: Settings, host: str) -> bool:
    """Tell whether the hub is served under a Host header."""
    public = urlsplit(settings.public_url)
    try:
        asked = urlsplit(f"{public.scheme}://{host}")
        name, port = asked.hostname or "", asked.port
    except ValueError:
        return False
    default = {"http": 80, "https": 443}[public.scheme]
    if (name, port or default) == (public.hostname, public.port or default):
        return True
    if name in settings.allowed_hosts or f"{name}:{port}" in settings.allowed_hosts:
        return True
    return settings.development and _is_private(name)


def _is_private(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_private
    except ValueError:
        return False
