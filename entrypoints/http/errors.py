"""Every error as the contract has it: problem+json for programs, a page for people."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from pyramid.config import Configurator
from pyramid.exceptions import PredicateMismatch, URLDecodeError
from pyramid.httpexceptions import HTTPException, HTTPMethodNotAllowed, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge.errors import (
    InternalError,
    MalformedInput,
    MethodNotAllowed,
    NoSuchAddress,
)
from entrypoints.edge.problems import CONTENT_TYPE, make_problem
from entrypoints.edge.streamed import streamed_methods
from entrypoints.http.pages.errors import render_error_page
from videohub_core.shared.errors import DomainError

log = logging.getLogger(__name__)

_FOR_PROGRAMS = (
    *("/api/", "/health/", "/media/", "/metrics", "/.well-known/"),
    *("/feeds/", "/oembed", "/sitemap"),
)
_FEED = ".rss"


def includeme(config: Configurator) -> None:
    config.add_exception_view(domain_error, DomainError)
    config.add_exception_view(http_error, HTTPException)
    config.add_exception_view(undecodable_path, URLDecodeError)
    config.add_exception_view(undecodable_input, UnicodeDecodeError)
    config.add_exception_view(unexpected_error, Exception)
    config.add_notfound_view(no_such_address)


def answer(request: Request, error: DomainError, **headers: str) -> Response:
    """Return an error in the form its reader wants."""
    problem = make_problem(
        error, request_id=request.request_id, public_url=request.settings.public_url
    )
    if _reader_is_a_person(request):
        response = render_error_page(request, problem.status, problem.code)
        kept = {"WWW-Authenticate", "Retry-After"}
        response.headers.update({k: v for k, v in problem.headers.items() if k in kept})
    else:
        response = Response(body=problem.body, status=problem.status)
        response.headers.update(problem.headers)
    response.headers.update(headers)
    return response


def domain_error(error: DomainError, request: Request) -> Response:
    return answer(request, error)


def http_error(error: HTTPException, request: Request) -> Response:
    """Cornice's and Pyramid's own refusals and redirects."""
    if isinstance(error, HTTPMethodNotAllowed):
        return method_not_allowed(request, error.allow or ())
    if isinstance(error, HTTPNotFound):
        return no_such_address(error, request)
    if error.status_int < 400:  # noqa: PLR2004 - a redirect is no error
        return error
    log.error("an unforeseen %d", error.status_int, exc_info=error)
    return answer(request, InternalError())


def no_such_address(error: Any, request: Request) -> Response:
    """404, or 405 where the address exists and only the method does not."""
    route = getattr(request, "matched_route", None)
    if route is not None and isinstance(error, PredicateMismatch):
        methods = _methods_of(request, route.name)
        if methods and request.method not in methods:
            return method_not_allowed(request, methods)
    return answer(request, NoSuchAddress())


def method_not_allowed(request: Request, methods: Iterable[str]) -> Response:
    known = {*methods, *streamed_methods(request.path)}
    return answer(request, MethodNotAllowed(), Allow=", ".join(sorted(known)))


def undecodable_path(_error: URLDecodeError, request: Request) -> Response:
    """A path that is not UTF-8 names nothing."""
    return answer(request, NoSuchAddress())


def undecodable_input(error: UnicodeDecodeError, request: Request) -> Response:
    """A query or form that is not UTF-8, which WebOb finds out when it is first read."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = trace.tb_frame.f_globals.get("__name__", "") if trace is not None else ""
    if module.startswith("webob."):
        return answer(request, MalformedInput())
    return unexpected_error(error, request)


def unexpected_error(error: Exception, request: Request) -> Response:
    log.error("unexpected error", exc_info=error)
    return answer(request, InternalError())


def _reader_is_a_person(request: Request) -> bool:
    path = request.environ.get("PATH_INFO", "")
    if path.startswith(_FOR_PROGRAMS) or path.endswith(_FEED):
        return False
    if not request.headers.get("Accept"):
        return True
    offers = request.accept.acceptable_offers(["text/html", CONTENT_TYPE, "application/json"])
    return bool(offers) and offers[0][0] == "text/html"


def _methods_of(request: Request, route_name: str) -> set[str]:
    introspector = request.registry.introspector
    found: set[str] = set()
    for view in introspector.get_category("views") or ():
        about = view["introspectable"]
        if about["route_name"] == route_name:
            methods = about["request_methods"] or ()
            found.update([methods] if isinstance(methods, str) else methods)
    if "GET" in found:
        found.add("HEAD")
    return found
