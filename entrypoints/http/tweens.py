"""What happens around every request: its id, its host, its headers, its log line."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import headers, logs
from entrypoints.edge.cors import cors_headers, preflight_headers
from entrypoints.edge.csrf import is_own_host
from entrypoints.edge.errors import HostNotAllowed
from entrypoints.edge.problems import CONTENT_TYPE
from entrypoints.http.errors import answer

JSON = ("application/json", CONTENT_TYPE)
Handler = Callable[[Request], Response]


def edge_tween_factory(handler: Handler, registry: Any) -> Handler:
    """Outermost tween, so that no answer leaves without its headers and its log line."""
    settings = registry.container.settings()
    api = headers.api_headers()
    page = headers.page_headers(settings)

    def edge_tween(request: Request) -> Response:
        started = time.monotonic()
        request.request_id = headers.new_request_id()
        token = logs.request_id_of_context.set(request.request_id)
        try:
            origin = request.headers.get("Origin")
            cors = cors_headers(settings, request.environ["PATH_INFO"], origin)
            if not is_own_host(settings, request.host):
                response = answer(request, HostNotAllowed())
            elif cors and _is_preflight(request):
                response = Response(status=204, headers=preflight_headers())
            else:
                response = handler(request)
            response.headers.update(cors)
            besides = page if response.content_type == "text/html" else api
            if response.content_type not in ("text/html", *JSON):
                # A style sheet or a script, by the type of our own table.
                besides = {}
            for name, value in besides.items():
                response.headers.setdefault(name, value)
            response.headers.update(headers.common_headers(settings, request.request_id))
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


def _is_preflight(request: Request) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _user_id(request: Request) -> str | None:
    # Only what the request has already found out; asking now could fail.
    caller = request.__dict__.get("caller")
    return caller.viewer.id if caller and caller.viewer else None
