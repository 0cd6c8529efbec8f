"""What every POST that creates has in common: its answer, and doing once what is sent twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import csrf
from entrypoints.edge.idempotency import REPLAYED, KeptAnswer, body_digest, idempotency_key
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.idempotency import IdempotencyKey

log = logging.getLogger(__name__)

View = Callable[[Request], Any]


def of_caller(request: Request) -> str:
    """Return whose keys these are: the member's, or those of a stranger's browser."""
    presession = csrf.presession_cookie(behind_tls=request.settings.behind_tls)
    actor = request.actor
    return str(actor.id if actor else request.cookies.get(presession, request.client_addr))


def done_once(
    operation: str, *, scope: Callable[[Request], str] = of_caller
) -> Callable[[View], View]:
    """Decorate a view that creates: a request that is repeated gets the first answer again.

    The view finds the key as `request.once` and hands it to its use case, so that what it
    makes is made once even by two at a time. Sources: `entrypoints/edge/idempotency.py`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answering(request: Request) -> Any:
            request.once = key = _key(request, operation, scope)
            if key is None:
                return view(request)
            kept = request.container.kept_answers().get(key)
            if kept is not None:
                return _again(KeptAnswer.decode(kept))
            answer = view(request)
            # Last of all, when the cookies are set.
            request.add_response_callback(partial(_keep, key))
            return answer

        return answering

    return decorate


def created(request: Request, location: str, *, replayed: bool = False) -> None:
    """Answer 201 with the address of what was made."""
    request.response.status = 201
    request.response.location = location
    if replayed:
        request.response.headers[REPLAYED] = "true"


def _key(
    request: Request, operation: str, scope: Callable[[Request], str]
) -> IdempotencyKey | None:
    digest = body_digest(request.container.secret())
    digest.update(request.body)
    return idempotency_key(
        request.headers, scope=scope(request), operation=operation, digest=digest.hexdigest()
    )


def _again(kept: KeptAnswer) -> Response:
    response = Response(body=kept.body, status=kept.status)
    response.headers.pop("Content-Type", None)
    for name, value in kept.headers:
        response.headers.add(name, value)
    response.headers[REPLAYED] = "true"
    return response


def _keep(key: IdempotencyKey, request: Request, response: Response) -> None:
    kept = KeptAnswer.of(response.status_int, response.headerlist, response.body)
    try:
        request.container.kept_answers().keep(key, kept.encode())
    except Unavailable:
        # It is made; asked again, the hub answers with what was made.
        log.warning("an answer could not be kept for its Idempotency-Key")
