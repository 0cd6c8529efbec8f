"""What every POST that creates has in common: its answer, and doing once what is sent twice."""

from __future__ import annotations

import hashlib

from pyramid.request import Request

from entrypoints.edge import csrf
from entrypoints.edge.idempotency import REPLAYED, idempotency_key
from videohub_core.shared.idempotency import IdempotencyKey


def once(request: Request, operation: str) -> IdempotencyKey | None:
    """Return the Idempotency-Key of the request; a stranger's is of their browser."""
    presession = csrf.presession_cookie(behind_tls=request.settings.behind_tls)
    actor = request.actor
    return idempotency_key(
        request.headers,
        scope=actor.id if actor else request.cookies.get(presession, request.client_addr),
        operation=operation,
        digest=hashlib.sha256(request.body).hexdigest(),
    )


def created(request: Request, location: str, *, replayed: bool = False) -> None:
    """Answer 201 with the address of what was made."""
    request.response.status = 201
    request.response.location = location
    if replayed:
        request.response.headers[REPLAYED] = "true"
