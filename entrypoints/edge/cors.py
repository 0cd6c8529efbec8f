"""Pages of other origins that the operator named (Fetch standard, CORS protocol).

An origin is compared whole, never by its end or by a pattern; there is none by default.
"""

from __future__ import annotations

from entrypoints.settings import Settings

_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
_HEADERS = ", ".join(
    [
        "Accept",
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "Tus-Resumable",
        "Upload-Checksum",
        "Upload-Defer-Length",
        "Upload-Length",
        "Upload-Metadata",
        "Upload-Offset",
        "X-CSRF-Token",
        "X-HTTP-Method-Override",
    ]
)
_EXPOSED = ", ".join(
    [
        *("ETag", "Idempotent-Replayed", "Link", "Location", "Retry-After", "X-Request-Id"),
        *("Tus-Checksum-Algorithm", "Tus-Extension", "Tus-Max-Size", "Tus-Resumable"),
        *("Tus-Version", "Upload-Expires", "Upload-Length", "Upload-Metadata", "Upload-Offset"),
    ]
)
_MAX_AGE = "7200"


def cors_headers(settings: Settings, path: str, origin: str | None) -> dict[str, str]:
    """Return what lets a page of an allowed origin read an answer of the API."""
    if origin not in settings.cors_origins or not path.startswith("/api/"):
        return {}
    return {
        "Access-Control-Allow-Origin": str(origin),
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": _EXPOSED,
    }


def preflight_headers() -> dict[str, str]:
    """Return what a preflight of an allowed origin is told besides."""
    return {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": _HEADERS,
        "Access-Control-Max-Age": _MAX_AGE,
    }
