"""What members change about their own account."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.limits import limit_mail, limit_password
from entrypoints.edge.problems import status_of
from entrypoints.http.pages.forms import Form, typed
from entrypoints.http.pages.messages import LANGUAGES, problem_text
from videohub_core.accounts.entities import PASSWORD_LEAST
from videohub_core.accounts.errors import PasswordNeeded
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.rate_limit import TooManyRequests

PROFILE = "templates/profile.jinja2"
PASSWORD = "templates/password.jinja2"  # nosec B105 - a file

Page = dict[str, Any]


@view_config(
    route_name="pages.profile",
    request_method="GET",
    renderer=PROFILE,
    permission="account",
    ask_to_sign_in=True,
)
def profile_form(request: Request) -> Page:
    viewer = request.viewer
    values = {
        "display_name": viewer.display_name,
        "email": viewer.pending_email or viewer.email,
        "phone": viewer.phone or "",
        "locale": viewer.locale or "",
    }
    return _profile_page(Form(values))


@view_config(
    route_name="pages.profile",
    request_method="POST",
    renderer=PROFILE,
    permission="account",
    ask_to_sign_in=True,
)
def profile(request: Request) -> Page | Response:
    values = typed(request, "display_name", "email", "phone", "locale", "current_password")
    password = values.pop("current_password")
    form = Form(values)
    changes = {**values, "phone": values["phone"] or None, "locale": values["locale"] or None}
    if values["email"] == (request.viewer.pending_email or request.viewer.email):
        # It was not touched: a waiting address goes on waiting, and no new mail leaves.
        del changes["email"]
    try:
        if password:
            limit_password(request.container, caller=request.caller)
        if "email" in changes:
            limit_mail(request.container, address=request.client_addr)
        request.container.edit_account()(
            actor=request.actor,
            changes=changes,
            current_password=password or None,
            locale=request.locale_name,
        )
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _profile_page(form)
    except (PasswordNeeded, TooManyRequests) as error:
        _refuse_password(request, form, error)
        return _profile_page(form)
    return HTTPSeeOther(request.route_path("pages.profile", _query={"saved": "1"}))


@view_config(
    route_name="pages.password",
    request_method="GET",
    renderer=PASSWORD,
    permission="account",
    ask_to_sign_in=True,
)
def password_form(_request: Request) -> Page:
    return _password_page(Form())


@view_config(
    route_name="pages.password",
    request_method="POST",
    renderer=PASSWORD,
    permission="account",
    ask_to_sign_in=True,
)
def change_password(request: Request) -> Page | Response:
    values = typed(request, "current_password", "new_password")
    form = Form()
    try:
        limit_password(request.container, caller=request.caller)
        request.container.change_password()(
            actor=request.actor,
            **values,
            keep=request.caller.token,
            locale=request.locale_name,
        )
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _password_page(form)
    except (PasswordNeeded, TooManyRequests) as error:
        _refuse_password(request, form, error)
        return _password_page(form)
    return HTTPSeeOther(request.route_path("pages.password", _query={"saved": "1"}))


def _refuse_password(
    request: Request, form: Form, error: PasswordNeeded | TooManyRequests
) -> None:
    text = problem_text(request.translations, error.code)
    if isinstance(error, PasswordNeeded):
        form.errors["current_password"] = text
    else:
        form.problem = text
    request.response.status_int = status_of(error)


def _profile_page(form: Form) -> Page:
    return {"form": form, "languages": LANGUAGES}


def _password_page(form: Form) -> Page:
    return {"form": form, "password_least": PASSWORD_LEAST}
