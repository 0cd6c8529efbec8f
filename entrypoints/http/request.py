"""What every view finds on its request.

Pyramid makes a class of its own for each request to hang these on, which takes longer than
most views do. Ours is made once.
"""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import Any

from multipart import MultipartError, MultipartParser, parse_options_header
from pyramid.config import Configurator
from pyramid.interfaces import IRequestExtensions
from pyramid.request import Request
from pyramid.response import Response
from pyramid.threadlocal import RequestContext
from webob.multidict import MultiDict

from entrypoints.edge import csrf, devices
from entrypoints.edge.actor import Caller, identify, session_cookie
from entrypoints.edge.errors import MalformedBody
from entrypoints.edge.limits import account_name
from videohub_core.accounts.entities import SESSION_ABSOLUTE, SignedIn
from videohub_core.accounts.ports import UserView
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import UnsupportedMediaType

BODY_TOO_LARGE = "videohub.body_too_large"
"""Set in the environment of a request whose body nobody reads, since it is too large."""

FORM = "application/x-www-form-urlencoded"
FILE_FORM = "multipart/form-data"
_TAKE_FILES = frozenset({"pages.studio.captions", "pages.studio.poster"})
_PARTS_MOST = 16

IGNORES_BEARER = "videohub.ignores_bearer"
"""Set in the environment of a request whose route looks at the cookie alone."""


def includeme(config: Configurator) -> None:
    for reified in (container, settings, caller, viewer, actor, csrf_token, device, file_form):
        config.add_request_method(reified, reify=True)
    config.add_request_method(start_session)
    config.add_request_method(end_session)
    config.add_request_method(remember_device)


def execution_policy(registry: Any) -> Any:
    """Return Pyramid's execution policy with one class for all requests.

    Call it when everything that adds to requests has been configured.
    """
    extensions = registry.queryUtility(IRequestExtensions)
    kind = type("HubRequest", (Request,), {**extensions.methods, **extensions.descriptors})

    def policy(environ: dict[str, Any], router: Any) -> Response:
        request = kind(environ)
        request.registry = router.registry
        request.invoke_subrequest = router.invoke_subrequest
        with RequestContext(request):
            return router.invoke_request(request)

    return policy


def form_of(request: Request) -> Any:
    """Return the fields of a plain form; raise UnsupportedMediaType for another body.

    Where files are taken, a form may have them: bytes in the place of texts.
    """
    if takes_files(request) and request.content_type == FILE_FORM:
        return request.file_form
    if request.content_type != FORM:
        raise UnsupportedMediaType(f"Send the form as {FORM}.")
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("Send the form as UTF-8.")
    return request.POST


def takes_files(request: Request) -> bool:
    route = request.matched_route
    return route is not None and route.name in _TAKE_FILES


def file_form(request: Request) -> MultiDict:
    """The fields and files of a form; the body is in memory already, and bounded."""
    body = request.body
    _, options = parse_options_header(request.headers["Content-Type"])
    try:
        parts = MultipartParser(
            BytesIO(body),
            options.get("boundary", ""),
            content_length=len(body),
            # As for uploads: strictly, a last line in two reads is too much.
            strict=False,
            part_limit=_PARTS_MOST,
            spool_limit=len(body),
            memory_limit=len(body) + 1,
        ).parts()
        fields = [
            (part.name, part.value if part.filename is None else part.raw) for part in parts
        ]
    except (MultipartError, UnicodeDecodeError) as error:
        raise MalformedBody from error
    return MultiDict(fields)


def container(request: Request) -> Any:
    return request.registry.container


def settings(request: Request) -> Any:
    return request.container.settings()


def caller(request: Request) -> Caller:
    """Whom the request comes from; a cookie that means nothing any more is cleared."""
    ignored = request.environ.get(IGNORES_BEARER, False)
    authorization = None if ignored else request.headers.get("Authorization")
    found = identify(request.container, request.cookies, authorization)
    if found.stale_cookie:
        request.add_response_callback(_clear_session_cookie)
    return found


def viewer(request: Request) -> UserView | None:
    found: Caller = request.caller
    return found.viewer


def actor(request: Request) -> Actor | None:
    found: Caller = request.caller
    return found.actor


def csrf_token(request: Request) -> str:
    """The token for this browser; a stranger gets a pre-session cookie for it."""
    behind_tls = request.settings.behind_tls
    name = csrf.presession_cookie(behind_tls=behind_tls)
    cookie = request.caller.token or request.cookies.get(name)
    if not cookie:
        cookie = secrets.token_urlsafe(16)
        made = cookie
        request.add_response_callback(
            lambda request, response: _set_cookie(request, response, name, made, None)
        )
    return csrf.make_token(request.container.secret(), cookie)


def start_session(request: Request, signed_in: SignedIn) -> str:
    """Give the browser its new session; return the CSRF token that goes with it."""
    behind_tls = request.settings.behind_tls
    name = session_cookie(behind_tls=behind_tls)
    # The browser keeps it as long as a session can last; when it really ends is for the
    # database to say, which knows when it was last used.
    seconds = int(SESSION_ABSOLUTE.total_seconds())

    def set_cookies(request: Request, response: Response) -> None:
        _set_cookie(request, response, name, signed_in.token, seconds)
        presession = csrf.presession_cookie(behind_tls=behind_tls)
        _set_cookie(request, response, presession, "", 0)

    request.add_response_callback(set_cookies)
    return csrf.make_token(request.container.secret(), signed_in.token)


def device(request: Request) -> str | None:
    """The cookie that says to which accounts this browser is known."""
    name = devices.device_cookie(behind_tls=request.settings.behind_tls)
    found: str | None = request.cookies.get(name)
    return found


def remember_device(request: Request, email: str) -> None:
    """Let this browser be known to the account that it has just signed in to."""
    account = account_name(request.container, email)
    value = devices.with_account(request.container.secret(), request.device, account)
    name = devices.device_cookie(behind_tls=request.settings.behind_tls)
    request.add_response_callback(
        lambda request, response: _set_cookie(request, response, name, value, devices.SECONDS)
    )


def end_session(request: Request) -> None:
    """End the browser's session, in the database and in its cookie."""
    if request.caller.token:
        request.container.sign_out()(token=request.caller.token)
    request.add_response_callback(_clear_session_cookie)


def _set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int | None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=request.settings.behind_tls,
        httponly=True,
        samesite="Lax",
    )


def _clear_session_cookie(request: Request, response: Response) -> None:
    # With every attribute it was set with, or browsers ignore it for `__Host-` names.
    name = session_cookie(behind_tls=request.settings.behind_tls)
    _set_cookie(request, response, name, "", 0)
