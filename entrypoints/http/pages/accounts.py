"""Sign in, register, sign out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.limits import limit, limit_sign_in
from entrypoints.edge.problems import status_of
from entrypoints.http.pages.forms import Form, keep_address_private, typed
from entrypoints.http.pages.identity import (
    begin_login,
    provider_name,
    sign_out_everywhere,
    signed_out_page,
)
from entrypoints.http.pages.messages import problem_text
from entrypoints.http.pages.signing_in import own_path
from videohub_core.accounts.entities import PASSWORD_LEAST
from videohub_core.accounts.errors import (
    AlreadySignedIn,
    EmailNotVerified,
    EmailTaken,
    WrongCredentials,
)
from videohub_core.invitations.entities import Registration
from videohub_core.invitations.errors import InvitationNotValid
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
    said = {name for name in ("verified", "reset") if name in request.GET}
    return _sign_in_page(request, Form(), return_to, said=said)


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
        limit_sign_in(
            request.container,
            email=values["email"],
            address=request.client_addr,
            device=request.device,
        )
        _start_session(request, values["email"], values["password"])
    except (WrongCredentials, EmailNotVerified, TooManyRequests) as error:
        request.response.status_int = status_of(error)
        problem = problem_text(request.translations, error.code)
        form = Form({"email": values["email"]}, problem=problem)
        unverified = isinstance(error, EmailNotVerified)
        return _sign_in_page(request, form, return_to, unverified=unverified)
    return HTTPSeeOther(return_to)


@view_config(
    route_name="pages.register", request_method="GET", renderer=REGISTER, permission="anyone"
)
def register_form(request: Request) -> Page | Response:
    return_to = own_path(request.GET.get("return_to"))
    if request.viewer is not None:
        return HTTPSeeOther(return_to)
    return _register_page(request, Form(), return_to, request.GET.get("invitation") or "")


@view_config(
    route_name="pages.register", request_method="POST", renderer=REGISTER, permission="anyone"
)
def register(request: Request) -> Page | Response:
    if request.viewer is not None:
        # An admin may open accounts for others, but not by losing their own session here.
        raise AlreadySignedIn
    names = ("display_name", "email", "password", "return_to", "invitation")
    values = typed(request, *names)
    return_to, invitation = own_path(values["return_to"]), values["invitation"]
    form = Form({name: values[name] for name in ("display_name", "email")})
    bound = _invitation(request, invitation)
    try:
        limit(
            request.container,
            kind="register",
            caller=request.caller,
            address=request.client_addr,
        )
        made = request.container.register_user()(
            actor=None,
            **{name: values[name] for name in ("display_name", "email", "password")},
            invitation=invitation or None,
            locale=request.locale_name,
        )
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _register_page(request, form, return_to, invitation)
    except (EmailTaken, InvitationNotValid, TooManyRequests) as error:
        text = problem_text(request.translations, error.code)
        if isinstance(error, EmailTaken):
            form.errors["email"] = text
        else:
            form.problem = text
        request.response.status_int = status_of(error)
        return _register_page(request, form, return_to, invitation)
    if made is None and not (bound and bound.email):
        return HTTPSeeOther(request.route_path("pages.verify_email", _query={"sent": "1"}))
    try:
        _start_session(request, values["email"], values["password"])
    except (WrongCredentials, EmailNotVerified):
        # There was an account, and the answer is in its mail.
        return HTTPSeeOther(request.route_path("pages.verify_email", _query={"sent": "1"}))
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
    request.remember_device(email)


def _sign_in_page(
    request: Request,
    form: Form,
    return_to: str,
    *,
    said: Collection[str] = (),
    unverified: bool = False,
) -> Page:
    """Return the page; `said` is what has just been done, so that it can say so."""
    return {
        "form": form,
        "return_to": return_to,
        "said": said,
        "unverified": unverified,
        "provider": provider_name(request),
    }


def _invitation(request: Request, token: str) -> Any:
    """Return the invitation that a secret opens, None if it opens none now."""
    return request.container.read_invitation().of_token(token=token) if token else None


def _register_page(request: Request, form: Form, return_to: str, invitation: str) -> Page:
    keep_address_private(request)
    mode = request.container.settings().registration
    found = _invitation(request, invitation)
    if found is not None and found.email and not form.values:
        form = Form({"email": found.email}, form.errors, form.problem)
    if mode is Registration.OPEN and found is None:
        # One that is over keeps nobody out where nobody needs one.
        invitation = ""
    may = mode is Registration.OPEN or (mode is Registration.INVITATION and found is not None)
    return {
        "form": form,
        "return_to": return_to,
        "provider": provider_name(request),
        "password_least": PASSWORD_LEAST,
        "invitation": invitation,
        "invited": found,
        "may_register": may,
        "is_over": bool(invitation) and found is None,
    }
