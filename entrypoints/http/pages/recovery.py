"""Pages that mailed links lead to, and those that ask for such a mail.

A GET changes nothing: whoever looks through mail for danger follows every link in it.
"""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.limits import limit_mail
from entrypoints.edge.problems import status_of
from entrypoints.http.pages.forms import Form, keep_address_private, limit_form, typed
from entrypoints.http.pages.messages import problem_text
from videohub_core.accounts.entities import PASSWORD_LEAST
from videohub_core.shared.errors import DomainError, InvalidInput
from videohub_core.shared.rate_limit import TooManyRequests
from videohub_core.verification.errors import LinkNotValid

VERIFY = "templates/verify_email.jinja2"
FORGOT = "templates/forgot_password.jinja2"
RESET = "templates/reset_password.jinja2"

Page = dict[str, Any]


@view_config(
    route_name="pages.verify_email",
    request_method="GET",
    renderer=VERIFY,
    permission="recovery",
)
def verify_form(request: Request) -> Page:
    """Show the button that confirms, or without a link what to do for one."""
    token = request.GET.get("token") or ""
    return _page(request, Form(), token=token, sent="sent" in request.GET)


@view_config(
    route_name="pages.verify_email",
    request_method="POST",
    renderer=VERIFY,
    permission="recovery",
)
def verify(request: Request) -> Page | Response:
    token = typed(request, "token")["token"]
    try:
        limit_form(request)
        request.container.confirm_email()(token=token)
    except (LinkNotValid, TooManyRequests) as error:
        return _page(request, _refused(request, error), sent=False)
    if request.viewer is not None:
        return HTTPSeeOther(request.route_path("pages.profile", _query={"verified": "1"}))
    return HTTPSeeOther(request.route_path("pages.local_sign_in", _query={"verified": "1"}))


@view_config(
    route_name="pages.verify_email.send",
    request_method="POST",
    renderer=VERIFY,
    permission="recovery",
)
def send_verification(request: Request) -> Page | Response:
    form = Form(typed(request, "email"))
    if not _asked(request, form, request.container.request_verification()):
        return _page(request, form, sent=False)
    return HTTPSeeOther(request.route_path("pages.verify_email", _query={"sent": "1"}))


@view_config(
    route_name="pages.forgot_password",
    request_method="GET",
    renderer=FORGOT,
    permission="recovery",
)
def forgot_form(request: Request) -> Page:
    return _page(request, Form(), sent="sent" in request.GET)


@view_config(
    route_name="pages.forgot_password",
    request_method="POST",
    renderer=FORGOT,
    permission="recovery",
)
def forgot(request: Request) -> Page | Response:
    form = Form(typed(request, "email"))
    if not _asked(request, form, request.container.request_password_reset()):
        return _page(request, form, sent=False)
    return HTTPSeeOther(request.route_path("pages.forgot_password", _query={"sent": "1"}))


@view_config(
    route_name="pages.reset_password",
    request_method="GET",
    renderer=RESET,
    permission="recovery",
)
def reset_form(request: Request) -> Page:
    return _page(request, Form(), token=request.GET.get("token") or "")


@view_config(
    route_name="pages.reset_password",
    request_method="POST",
    renderer=RESET,
    permission="recovery",
)
def reset(request: Request) -> Page | Response:
    values = typed(request, "token", "password")
    try:
        limit_form(request)
        request.container.reset_password()(**values, locale=request.locale_name)
    except InvalidInput as error:
        form = Form()
        form.refuse(request, error)
        request.response.status_int = 400
        return _page(request, form, token=values["token"])
    except (LinkNotValid, TooManyRequests) as error:
        return _page(request, _refused(request, error))
    if request.viewer is not None:
        # It has ended, with all others.
        request.end_session()
    return HTTPSeeOther(request.route_path("pages.local_sign_in", _query={"reset": "1"}))


def _asked(request: Request, form: Form, use_case: Any) -> bool:
    """Ask for a mail; tell whether it was taken, whatever comes of it."""
    try:
        limit_mail(request.container, address=request.client_addr)
        use_case(email=form.values["email"], locale=request.locale_name)
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return False
    except TooManyRequests as error:
        form.problem = _refused(request, error).problem
        return False
    return True


def _refused(request: Request, error: DomainError) -> Form:
    request.response.status_int = status_of(error)
    return Form(problem=problem_text(request.translations, error.code))


def _page(request: Request, form: Form, **more: Any) -> Page:
    keep_address_private(request)
    return {
        "form": form,
        "password_least": PASSWORD_LEAST,
        "sends_mail": request.container.settings().sends_mail,
        **more,
    }
