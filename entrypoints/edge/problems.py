"""Errors as RFC 9457 problem details: the one place that knows status and shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from entrypoints.edge.errors import (
    ChecksumMismatch,
    FormatNotOffered,
    HostNotAllowed,
    InternalError,
    LengthRequired,
    MethodNotAllowed,
    NotAcceptable,
    RangeNotSatisfiable,
)
from videohub_core.accounts.errors import InvalidToken
from videohub_core.shared.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    OutOfSpace,
    PreconditionFailed,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from videohub_core.shared.idempotency import KeyReused
from videohub_core.shared.rate_limit import TooManyRequests
from videohub_core.tokens.errors import InsufficientScope

CONTENT_TYPE = "application/problem+json"

STATUS: dict[type[DomainError], int] = {
    Unauthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    NotAcceptable: 406,
    Conflict: 409,
    LengthRequired: 411,
    PreconditionFailed: 412,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    RangeNotSatisfiable: 416,
    HostNotAllowed: 421,
    KeyReused: 422,
    TooManyRequests: 429,
    ChecksumMismatch: 460,
    InternalError: 500,
    FormatNotOffered: 501,
    Unavailable: 503,
    OutOfSpace: 507,
}


@dataclass(frozen=True)
class Problem:
    """An error ready to be sent."""

    status: int
    code: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def status_of(error: DomainError) -> int:
    """Return the HTTP status of an error's family; 400 for what has none."""
    return next((status for family, status in STATUS.items() if isinstance(error, family)), 400)


def make_problem(error: DomainError, *, request_id: str, public_url: str) -> Problem:
    """Return the problem details of an error and the headers that go with it."""
    status = status_of(error)
    document: dict[str, Any] = {
        "type": f"{public_url}/problems/{error.code}",
        "title": error.title,
        "status": status,
        "detail": error.detail or error.title,
        "code": error.code,
        "request_id": request_id,
    }
    if isinstance(error, InvalidInput):
        document["errors"] = [
            {"pointer": wrong.pointer, "code": wrong.code, "detail": wrong.detail}
            for wrong in error.errors
        ]
    headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    if isinstance(error, InvalidToken):
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    elif isinstance(error, InsufficientScope):
        headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    elif isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, (Unavailable, TooManyRequests)):
        headers["Retry-After"] = str(error.retry_after)
    return Problem(status, error.code, orjson.dumps(document), headers)
