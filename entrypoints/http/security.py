"""Pyramid's questions, answered by the edge: permissions and CSRF, deny by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.security import Allowed

from entrypoints.edge import csrf
from entrypoints.edge.actor import COOKIE_ONLY, Caller, authorise
from entrypoints.http.request import FILE_FORM, FORM, IGNORES_BEARER, form_of, takes_files
from videohub_core.shared.errors import Unavailable
from videohub_core.tokens.entities import Scope

# Not in PERMISSIONS: a view that declares none is for nobody.
UNDECLARED = "undeclared"


def includeme(config: Configurator) -> None:
    config.set_security_policy(HubSecurityPolicy())
    config.set_default_permission(UNDECLARED)
    config.add_view_deriver(csrf_checked, name="csrf_checked", under="secured_view")


class HubSecurityPolicy:
    """`ISecurityPolicy`: the caller is the identity, the edge decides."""

    def identity(self, request: Request) -> Any:
        return request.caller.viewer

    def authenticated_userid(self, request: Request) -> str | None:
        viewer = request.caller.viewer
        return viewer.id if viewer else None

    def permits(self, request: Request, _context: Any, permission: str) -> Allowed:
        """Allow, or raise the domain error that says why not."""
        if permission in COOKIE_ONLY:
            request.environ[IGNORES_BEARER] = True
        elif permission == "public":
            request.caller = Caller()
        elif permission == "alive":
            _settle_for_a_stranger(request)
        reads = request.method in csrf.SAFE_METHODS
        authorise(request.caller, permission, Scope.READ if reads else Scope.WRITE)
        return Allowed("permission %s", permission)

    def remember(self, _request: Request, _userid: str, **_arguments: Any) -> list[Any]:
        return []

    def forget(self, _request: Request, **_arguments: Any) -> list[Any]:
        return []


def _settle_for_a_stranger(request: Request) -> None:
    """Take the caller for a stranger if the database cannot say who they are."""
    try:
        _ = request.caller
    except Unavailable:
        request.caller = Caller()


def csrf_checked(view: Callable[..., Any], info: Any) -> Callable[..., Any]:
    """View deriver: an unsafe method by cookie needs the token, on every route.

    Cornice's 405 and Pyramid's error views say so themselves (`require_csrf=False`).
    """
    if info.exception_only or info.options.get("require_csrf") is False:
        return view

    def checked(context: Any, request: Request) -> Any:
        if request.method not in csrf.SAFE_METHODS:
            check_csrf(request)
        return view(context, request)

    return checked


csrf_checked.options = ("require_csrf",)  # type: ignore[attr-defined]


def check_csrf(request: Request) -> None:
    """Raise CsrfFailed unless the request comes from a page of ours, or from a program."""
    csrf.check(
        secret=request.container.secret(),
        settings=request.settings,
        caller=request.caller,
        cookies=request.cookies,
        headers=request.headers,
        host=request.host,
        sent=request.headers.get(csrf.HEADER) or _form_field(request),
    )


def _form_field(request: Request) -> str | None:
    is_file_form = request.content_type == FILE_FORM and takes_files(request)
    if request.content_type != FORM and not is_file_form:
        return None
    sent = form_of(request).get(csrf.FIELD)
    return sent if isinstance(sent, str) else None
