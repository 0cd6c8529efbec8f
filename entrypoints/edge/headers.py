"""Headers that every answer carries, by the kind of answer it is."""

from __future__ import annotations

import random
from urllib.parse import urlsplit

from entrypoints.settings import Settings

REQUEST_ID = "X-Request-Id"

_PAGE_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:{bucket}",
    "media-src 'self' blob:{bucket}",
    "connect-src 'self' {socket}{bucket}",
    "font-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors {framed_by}",
)
_PERMISSIONS_POLICY = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=(), "
    "fullscreen=(self), autoplay=(self), picture-in-picture=(self)"
)


def new_request_id() -> str:
    """Return an id under which the log has a request; it is no secret."""
    return f"{random.getrandbits(64):016x}"  # nosec B311


def common_headers(settings: Settings) -> dict[str, str]:
    """Return what every answer carries besides its `X-Request-Id`."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    if settings.behind_tls:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def page_headers(settings: Settings) -> dict[str, str]:
    """Return what an HTML page carries besides: no script or style but our own files."""
    return {
        "Content-Security-Policy": _policy(settings, framed_by="'none'"),
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": _PERMISSIONS_POLICY,
        "Cache-Control": "no-store",
        "Vary": "Cookie, Accept-Language",
    }


def embed_headers(settings: Settings) -> dict[str, str]:
    """Return what a page carries that other sites show in a frame."""
    headers = {
        **page_headers(settings),
        "Content-Security-Policy": _policy(settings, framed_by="*"),
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Accept-Language",
    }
    del headers["X-Frame-Options"]
    return headers


def _policy(settings: Settings, *, framed_by: str) -> str:
    parts = urlsplit(settings.public_url)
    socket = f"{'wss' if settings.behind_tls else 'ws'}://{parts.netloc}"
    bucket = f" {settings.links_origin}" if settings.links_origin else ""
    policy = "; ".join(_PAGE_POLICY)
    return policy.format(socket=socket, bucket=bucket, framed_by=framed_by)


def api_headers() -> dict[str, str]:
    """Return what a JSON answer carries besides."""
    return {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Vary": "Authorization, Cookie, Origin",
    }


def open_headers() -> dict[str, str]:
    """Return what a document carries besides that pages of any origin may read."""
    return {
        "Access-Control-Allow-Origin": "*",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def media_headers(*, is_public: bool, is_lasting: bool = False) -> dict[str, str]:
    """Return what stored bytes carry besides.

    A change of visibility takes effect within 5 s on every byte, so that is how long
    a cache may answer others without asking again; what is not public is not stored at all.
    Bytes that never change (RFC 8246) may stay with a browser that has got them.
    """
    anybody = {"Access-Control-Allow-Origin": "*"} if is_public else {}
    return {
        **anybody,
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "cross-origin" if is_public else "same-origin",
        "Cache-Control": _cache_control(is_public, is_lasting),
        "Vary": "Authorization, Cookie",
    }


def link_headers(*, is_public: bool) -> dict[str, str]:
    """Return what a link to stored bytes carries besides: it is soon good for nothing."""
    return {**media_headers(is_public=is_public), "Cache-Control": "private, no-store"}


def _cache_control(is_public: bool, is_lasting: bool) -> str:
    if not is_public:
        return "private, no-store"
    if is_lasting:
        return "public, max-age=31536000, s-maxage=5, immutable"
    return "public, max-age=5"
