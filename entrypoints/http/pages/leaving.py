"""Taking one's data along, and leaving for good."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.limits import limit_password
from entrypoints.edge.problems import status_of
from entrypoints.http.pages.forms import Form, limit_form, typed
from entrypoints.http.pages.messages import advice_text, problem_text
from videohub_core.accounts.errors import LastAdmin, PasswordNeeded
from videohub_core.shared.errors import DomainError
from videohub_core.shared.rate_limit import TooManyRequests

PAGE = "templates/account.jinja2"
GONE = "templates/account_deleted.jinja2"


@view_config(
    route_name="pages.account",
    request_method="GET",
    renderer=PAGE,
    permission="account",
    ask_to_sign_in=True,
)
def account(request: Request) -> dict[str, Any]:
    return _page(request, Form())


@view_config(
    route_name="pages.account",
    request_method="POST",
    renderer=PAGE,
    permission="account",
    ask_to_sign_in=True,
)
def delete_account(request: Request) -> dict[str, Any] | Response:
    password = typed(request, "password")["password"]
    session = request.caller.session
    try:
        limit_form(request)
        limit_password(request.container, caller=request.caller)
        request.container.delete_account()(
            actor=request.actor,
            password=password,
            signed_in=session.created if session else None,
        )
    except (PasswordNeeded, LastAdmin, TooManyRequests) as error:
        request.response.status_int = status_of(error)
        return _page(request, _refused(request, error))
    request.end_session()
    response = HTTPSeeOther(request.route_path("pages.account_deleted"))
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return response


@view_config(
    route_name="pages.account_deleted", request_method="GET", renderer=GONE, permission="anyone"
)
def account_deleted(request: Request) -> dict[str, Any] | Response:
    return HTTPSeeOther("/") if request.viewer is not None else {}


def _refused(request: Request, error: DomainError) -> Form:
    form = Form()
    if isinstance(error, PasswordNeeded):
        form.refuse_owner(request, "password")
    else:
        text = problem_text(request.translations, error.code)
        form.problem = f"{text} {advice_text(request.translations, error.code)}"
    return form


def _page(request: Request, form: Form) -> dict[str, Any]:
    return {"form": form, "has_password": request.container.has_password()(actor=request.actor)}
