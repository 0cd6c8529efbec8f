"""Sign in, register, sign out."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.limits import limit_sign_in
from entrypoints.edge.problems import status_of
from entrypoints.http.pages.forms import Form, typed
from entrypoints.http.pages.identity import (
    begin_login,
    provider_name,
    sign_out_everywhere,
    signed_out_page,
)
from entrypoints.http.pages.messages import problem_text
from entrypoints.http.pages.signing_in import own_path
from videohub_core.accounts.entities import PASSWORD_LEAST
from videohub_core.accounts.errors import AlreadySignedIn, EmailTaken, WrongCredentials
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.rate_limit import TooManyRequests

SIGN_IN = "templates/sign_in.jinja2"
REGISTER = "templates/register.jinja2"

Page = dict[str, Any]


@view_config(
    route_name="pages.sign_in", request_method="GET", renderer=SIGN_IN, permission="anyone"
)
def sign_in_somehow(request: Request) -> Page | Response:
    """Sign in through the identity provider if there is one, else here."""
    return_to = own_path(request.GET.get("return_to"))
    if request.viewer is None and provider_name(request) is not None:
        return begin_login(request, return_to)
    return sign_in_form(request)


@view_config(
    route_name="pages.local_sign_in",
    request_method="GET",
    renderer=SIGN_IN,
    permission="anyone",
)
def sign_in_form(request: Request) -> Page | Response:
    return_to = own_path(request.GET.get("return_to"))
    if request.viewer is not None:
        return HTTPSeeOther(return_to)
    return _sign_in_page(request, Form(), return_to)


@view_config(
    route_name="pages.local_sign_in",
    request_method="POST",
    renderer=SIGN_IN,
    permission="anyone",
)
@view_config(
    route_name="pages.sign_in", request_method="POST", renderer=SIGN_IN, permission="anyone"
)
def sign_in(request: Request) -> Page | Response:
    values = typed(request, "email", "password", "return_to")
    return_to = own_path(values["return_to"])
    try:
        limit_sign_in(request.container, email=values["email"], address=request.client_addr)
        _start_session(request, values["email"], values["password"])
    except (WrongCredentials, TooManyRequests) as error:
        request.response.status_int = status_of(error)
        problem = problem_text(request.translations, error.code)
        form = Form({"email": values["email"]}, problem=problem)
        return _sign_in_page(request, form, return_to)
    return HTTPSeeOther(return_to)


@view_config(
    route_name="pages.register", request_method="GET", renderer=REGISTER, permission="anyone"
)
def register_form(request: Request) -> Page | Response:
    return_to = own_path(request.GET.get("return_to"))
    if request.viewer is not None:
        return HTTPSeeOther(return_to)
    return _register_page(request, Form(), return_to)


@view_config(
    route_name="pages.register", request_method="POST", renderer=REGISTER, permission="anyone"
)
def register(request: Request) -> Page | Response:
    if request.viewer is not None:
        # An admin may open accounts for others, but not by losing their own session here.
        raise AlreadySignedIn
    values = typed(request, "display_name", "email", "password", "return_to")
    return_to = own_path(values["return_to"])
    account = {name: values[name] for name in ("display_name", "email", "password")}
    form = Form({name: values[name] for name in ("display_name", "email")})
    try:
        request.container.register_user()(actor=None, **account)
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _register_page(request, form, return_to)
    except EmailTaken as error:
        form.errors["email"] = problem_text(request.translations, error.code)
        request.response.status_int = 409
        return _register_page(request, form, return_to)
    _start_session(request, account["email"], account["password"])
    return HTTPSeeOther(return_to)


@view_config(route_name="pages.sign_out", request_method="POST", permission="sign_out")
def sign_out(request: Request) -> Response:
    """End the session; a script is told where to go, a form is sent there."""
    logout_url = sign_out_everywhere(request)
    offers = request.accept.acceptable_offers(["text/html", "application/json"])
    if offers and offers[0][0] == "application/json":
        body = {"logout_url": logout_url or "/"}
        response = Response(json_body=body, content_type="application/json")
    elif logout_url is not None:
        response = signed_out_page(request, logout_url)
    else:
        response = HTTPSeeOther("/")
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return response


def _start_session(request: Request, email: str, password: str) -> None:
    signed_in = request.container.sign_in()(
        email=email,
        password=password,
        replaces=request.caller.token,
        client=request.user_agent,
    )
    request.start_session(signed_in)


def _sign_in_page(request: Request, form: Form, return_to: str) -> Page:
    return {"form": form, "return_to": return_to, "provider": provider_name(request)}


def _register_page(request: Request, form: Form, return_to: str) -> Page:
    page = _sign_in_page(request, form, return_to)
    return {**page, "password_least": PASSWORD_LEAST}
