"""Others' browser code, at addresses that change with it."""

from __future__ import annotations

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.errors import NoSuchAddress
from entrypoints.http.pages.assets import ImmutableAssets

ROUTE = "pages.library"
PATTERN = "/static/lib/{digest:[0-9a-f]{16}}/{name:[a-z.]+}"


def library_path(request: Request, name: str) -> str | None:
    """Return the address of a file of `browser_code.FILES`; None if it is not installed."""
    code = request.registry.browser_code
    if name not in code.files:
        return None
    return str(request.route_path(ROUTE, digest=code.digest, name=name))


@view_config(route_name=ROUTE, request_method="GET", permission="anyone")
def library(request: Request) -> Response:
    code = request.registry.browser_code
    found = code.files.get(request.matchdict["name"])
    if found is None or request.matchdict["digest"] != code.digest:
        raise NoSuchAddress
    response = Response(body=found, content_type="text/javascript", charset="utf-8")
    response.cache_control = f"public, max-age={ImmutableAssets.MAX_AGE}, immutable"
    return response
