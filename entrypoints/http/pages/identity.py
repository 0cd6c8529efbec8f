"""Signing in through the identity provider, and out of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.errors import NoSuchAddress
from entrypoints.edge.limits import limit, limit_sign_in
from entrypoints.edge.problems import status_of
from entrypoints.http.pages.forms import Form, keep_address_private, typed
from entrypoints.http.pages.messages import problem_text
from entrypoints.http.pages.signing_in import own_path
from videohub_core.accounts.errors import WrongCredentials
from videohub_core.identity.entities import LOGIN_LASTS
from videohub_core.identity.errors import InvalidLogin
from videohub_core.shared.rate_limit import TooManyRequests

LINK = "templates/link_account.jinja2"
SIGNED_OUT = "entrypoints.http.pages:templates/signed_out.jinja2"

Page = dict[str, Any]

PARAMETER_MOST = 4000
"""What a provider brings back is shorter."""

RETURN_TO_MOST = 2000

_SECRET = re.compile("[0-9A-Za-z_-]{43}")


def provider_name(request: Request) -> str | None:
    """Return what the identity provider is called; None if the hub has none."""
    name: str | None = request.container.settings().provider_name
    return name


def begin_login(request: Request, return_to: str) -> Response:
    """Send the browser to the provider."""
    leading_back(request, return_to)
    settings = request.settings
    if request.host != settings.public_host and "moved" not in request.GET:
        # The provider sends people to the public URL, and cookies stay on their host.
        query = urlencode({"return_to": return_to, "moved": 1})
        return HTTPSeeOther(f"{settings.public_url}{request.path}?{query}")
    _limit(request)
    begun = request.container.begin_login()(
        return_to=return_to if len(return_to) <= RETURN_TO_MOST else "/",
        browser=_secret(request, "login"),
    )
    _keep_secret(request, "login", begun.browser)
    return HTTPSeeOther(begun.url)


@view_config(route_name="pages.callback", request_method="GET", permission="sign_in")
def callback(request: Request) -> Response:
    """Let in who comes back from the provider."""
    leading_back(request, "/")
    _only_with_provider(request)
    _limit(request)
    back = {name: _brought(request, name) for name in ("state", "code", "error", "iss")}
    login = request.container.take_login()(
        state=back["state"], browser=_secret(request, "login")
    )
    leading_back(request, login.return_to)
    finished = request.container.finish_login()(
        login=login,
        code=back["code"],
        error=back["error"],
        issuer=back["iss"],
        replaces=request.caller.token,
        client=request.user_agent,
    )
    if finished.signed_in is None:
        _keep_secret(request, "link", finished.link)
        return HTTPSeeOther(request.route_path("pages.link"))
    request.start_session(finished.signed_in)
    return HTTPSeeOther(own_path(login.return_to))


@view_config(route_name="pages.link", request_method="GET", renderer=LINK, permission="sign_in")
def link_form(request: Request) -> Page:
    """Ask for the password of the account that has the provider's e-mail."""
    request.return_to = "/"
    keep_address_private(request)
    _only_with_provider(request)
    waiting = request.container.read_account_link()(token=_secret(request, "link"))
    return _link_page(request, Form(), waiting)


@view_config(
    route_name="pages.link", request_method="POST", renderer=LINK, permission="sign_in"
)
def link(request: Request) -> Page | Response:
    request.return_to = "/"
    keep_address_private(request)
    _only_with_provider(request)
    token = _secret(request, "link")
    waiting = request.container.read_account_link()(token=token)
    try:
        limit_sign_in(
            request.container,
            email=waiting.email,
            address=request.client_addr,
            device=request.device,
        )
        linked = request.container.link_account()(
            token=token,
            password=typed(request, "password")["password"],
            replaces=request.caller.token,
            client=request.user_agent,
        )
    except (WrongCredentials, TooManyRequests) as error:
        request.response.status_int = status_of(error)
        problem = request.translations.gettext("The password is wrong.")
        if isinstance(error, TooManyRequests):
            problem = problem_text(request.translations, error.code)
        return _link_page(request, Form(problem=problem), waiting)
    request.start_session(linked.signed_in)
    request.remember_device(waiting.email)
    _keep_secret(request, "link", None)
    return HTTPSeeOther(own_path(linked.return_to))


def sign_out_everywhere(request: Request) -> str | None:
    """End the browser's session; return where it ends at the provider, if it does."""
    url: str | None = None
    if provider_name(request) and request.caller.token:
        url = request.container.sign_out_of_provider()(token=request.caller.token)
    request.end_session()
    return url


def signed_out_page(request: Request, logout_url: str) -> Response:
    """Return a page that goes on to the provider.

    A redirect would not do: browsers hold those that follow a form to the form's policy.
    """
    leading_back(request, "/")
    values = {"logout_url": logout_url, "provider": provider_name(request), "viewer": None}
    return render_to_response(SIGNED_OUT, values, request=request)


def leading_back(request: Request, return_to: str) -> None:
    """Say where an error page of a sign-in leads back to; its own address holds secrets."""
    request.return_to = return_to
    policy = {"Referrer-Policy": "no-referrer"}
    request.add_response_callback(lambda _request, response: response.headers.update(policy))


def _link_page(request: Request, form: Form, waiting: Any) -> Page:
    return {"form": form, "email": waiting.email, "provider": provider_name(request)}


def _only_with_provider(request: Request) -> None:
    if provider_name(request) is None:
        raise NoSuchAddress


def _limit(request: Request) -> None:
    address = request.client_addr
    limit(request.container, kind="write", caller=request.caller, address=address)


def _brought(request: Request, name: str) -> str | None:
    values = request.GET.getall(name)
    if len(values) > 1 or any(len(value) > PARAMETER_MOST for value in values):
        raise InvalidLogin
    return values[0] if values else None


def _cookie(request: Request, name: str) -> str:
    prefix = "__Host-" if request.settings.behind_tls else ""
    return f"{prefix}hub_{name}"


def _secret(request: Request, name: str) -> str | None:
    """Return the secret of a cookie; nothing for what the hub cannot have set."""
    value = request.cookies.get(_cookie(request, name), "")
    return value if _SECRET.fullmatch(value) else None


def _keep_secret(request: Request, name: str, value: str | None) -> None:
    """Let the browser keep a secret as long as a sign-in may take, or forget it."""
    cookie = {
        "name": _cookie(request, name),
        "value": value or "",
        "max_age": int(LOGIN_LASTS.total_seconds()) if value else 0,
        "path": "/",
        "secure": request.settings.behind_tls,
        "httponly": True,
        "samesite": "Lax",
    }
    request.add_response_callback(lambda _request, response: response.set_cookie(**cookie))
