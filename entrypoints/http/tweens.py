"""What happens around every request: its id, its host, its headers, its log line."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import headers, logs
from entrypoints.edge.cors import cors_headers, preflight_headers
from entrypoints.edge.csrf import is_own_host
from entrypoints.edge.errors import HostNotAllowed
from entrypoints.edge.problems import CONTENT_TYPE
from entrypoints.http.errors import answer
from entrypoints.http.shared_answers import SharedAnswers
from videohub_core.shared.rate_limit import TooManyRequests

JSON = ("application/json", CONTENT_TYPE)
FRAMED = "a page in a frame"
HOSTS_MOST = 1000
Handler = Callable[[Request], Response]
Headers = Mapping[str, str]


def edge_tween_factory(handler: Handler, registry: Any) -> Handler:
    """Outermost tween, so that no answer leaves without its headers and its log line."""
    settings = registry.container.settings()
    common = headers.common_headers(settings)
    kinds = {
        **{kind: {**headers.api_headers(), **common} for kind in JSON},
        "text/html": {**headers.page_headers(settings), **common},
        FRAMED: {**headers.embed_headers(settings), **common},
    }

    @lru_cache(HOSTS_MOST)
    def is_ours(host: str) -> bool:
        return is_own_host(settings, host)

    def edge_tween(request: Request) -> Response:
        started = time.monotonic()
        request.request_id = headers.new_request_id()
        token = logs.request_id_of_context.set(request.request_id)
        try:
            origin = request.environ.get("HTTP_ORIGIN")
            cors = cors_headers(settings, request.environ["PATH_INFO"], origin)
            if not is_ours(request.host):
                response = answer(request, HostNotAllowed())
            elif cors and _is_preflight(request):
                response = Response(status=204, headers=preflight_headers())
            else:
                response = _shared(request, handler, registry.shared_answers)
            # A style sheet or a script has the type of our own table, and no more than that.
            _complete(response, kinds.get(_kind(response), common))
            _complete(response, {**cors, headers.REQUEST_ID: request.request_id})
            logs.log_access(
                method=request.method,
                path=request.environ["PATH_INFO"],
                status=response.status_int,
                seconds=time.monotonic() - started,
                request_id=request.request_id,
                user_id=_user_id(request),
            )
            return response
        finally:
            logs.request_id_of_context.reset(token)

    return edge_tween


def _shared(request: Request, handler: Handler, answers: SharedAnswers) -> Response:
    """Return the answer that is kept for strangers, or make it and keep it."""
    try:
        kept = answers.get(request)
    except TooManyRequests as error:
        return answer(request, error)
    if kept is not None:
        return kept
    count = answers.count
    response = handler(request)
    answers.put(request, response, count)
    return response


def _kind(response: Response) -> str | None:
    """Return the media type; a page with a policy of its own is one for frames."""
    kind: str | None = response.content_type
    is_framed = kind == "text/html" and "Content-Security-Policy" in response.headers
    return FRAMED if is_framed else kind


def _complete(response: Response, besides: Headers) -> None:
    """Add headers that the answer does not have; WebOb would look through them all for each."""
    present = {name.lower() for name, _ in response.headerlist}
    response.headerlist.extend(
        (name, value) for name, value in besides.items() if name.lower() not in present
    )


def _is_preflight(request: Request) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _user_id(request: Request) -> str | None:
    # Only what the request has already found out; asking now could fail.
    caller = request.__dict__.get("caller")
    return caller.viewer.id if caller and caller.viewer else None
